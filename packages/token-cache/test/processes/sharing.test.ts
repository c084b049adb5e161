import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeWithRedis } from '../redis/redis-server.js';
import { basic, eventually, newKey, optionsFor } from '../scene.js';
import { PROCESSES, useWorld } from './world.js';

describeWithRedis('eight processes with one Redis', () => {
  const world = useWorld();

  it('make one token request for 1,600 calls at once, all cold, ten times out of ten', async () => {
    const requests: number[] = [];
    for (let run = 0; run < 10; run += 1) {
      await world.open({ redisOptions: { ...world.redisOptions, prefix: `${world.redisOptions.prefix}${run}:` } });
      world.sandbox.forgetRequests();
      const report = await world.fleet.together((worker) => worker.burst({ count: 200 }));
      expect(report.failures).toEqual([]);
      expect(report.calls).toBe(1_600);
      expect(report.tokens).toHaveLength(1);
      requests.push(world.sandbox.tokenRequests.length);
    }
    expect(requests).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('make one where the issuer takes longer than the lease, which is prolonged', async () => {
    world.sandbox.latencyMs = 3_000;
    await world.open({ cacheOptions: { ...optionsFor(world.sandbox), leaseMs: 1_000 } });
    const report = await world.fleet.together((worker) => worker.burst({ count: 200 }));
    expect(report.failures).toEqual([]);
    expect(world.sandbox.tokenRequests).toHaveLength(1);
  });

  it('renew it once under load, and no call waits for it', async () => {
    await world.plant({ lifeSeconds: 60, share: 0.79 });
    await world.open();
    await world.fleet.together((worker) => worker.burst({ count: 1 }));
    const waitsBefore = (await world.fleet.events('wait')).length;
    await Promise.all(world.fleet.workers.map((worker) => worker.beginLoad({ concurrency: 10, pauseMs: 5 })));
    await eventually(() => expect(world.sandbox.tokenRequests).toHaveLength(1));
    // Until the last of them is past its own point of renewal.
    await setTimeout(4_000);
    const report = await world.fleet.together((worker) => worker.endLoad());
    expect(report.failures).toEqual([]);
    expect(report.tokens).toHaveLength(2);
    expect(world.sandbox.tokenRequests).toHaveLength(1);
    expect((await world.fleet.events('wait')).length).toBe(waitsBefore);
    expect(await world.fleet.events('shared_hit')).toHaveLength(2 * PROCESSES - 1);
  });

  it('live on tokens of three seconds for twelve, without sending an expired one', async () => {
    world.sandbox.accessTokenTtlSeconds = 3;
    await world.open();
    const load = { concurrency: 4, pauseMs: 20, viaApi: true };
    await Promise.all(world.fleet.workers.map((worker) => worker.beginLoad(load)));
    await setTimeout(12_000);
    const report = await world.fleet.together((worker) => worker.endLoad());
    expect(report).toMatchObject({ failures: [], expired: 0 });
    // An issuer counts whole seconds: two are what a token of three can be trusted with.
    expect(world.sandbox.tokenRequests.length).toBeLessThanOrEqual(12 / 2 + 1);
  });

  it('make one request when their token is refused under 1,600 calls, each repeated once', async () => {
    await world.open();
    const [token] = (await world.fleet.together((worker) => worker.burst({ count: 1 }))).tokens;
    world.sandbox.revokeTokens();
    world.sandbox.forgetRequests();
    const report = await world.fleet.together((worker) => worker.burst({ count: 200, viaApi: true }));
    expect(report.failures).toEqual([]);
    expect(report.calls).toBe(1_600);
    expect(report.refusals).toBeGreaterThanOrEqual(PROCESSES);
    expect(world.sandbox.apiRequests).toHaveLength(report.calls + report.refusals);
    expect(world.sandbox.tokenRequests).toHaveLength(1);
    expect(report.tokens).not.toEqual([token]);
  });

  it('make one request for 1,000 late reports of one refused token', async () => {
    await world.open();
    const [token = ''] = (await world.fleet.together((worker) => worker.burst({ count: 1 }))).tokens;
    world.sandbox.forgetRequests();
    const report = await world.fleet.together((worker) => worker.late({ token, count: 125 }));
    expect(report.failures).toEqual([]);
    expect(report.calls).toBe(1_000);
    expect(report.tokens).toHaveLength(1);
    expect(report.tokens).not.toEqual([token]);
    expect(world.sandbox.tokenRequests).toHaveLength(1);
  });

  it('make two requests where every token is refused, and then leave the issuer alone', async () => {
    await world.open();
    world.sandbox.failNext(Number.POSITIVE_INFINITY, { kind: 'status', status: 401 });
    await Promise.all(
      world.fleet.workers.map((worker) => worker.beginLoad({ concurrency: 5, pauseMs: 10, viaApi: true })),
    );
    await setTimeout(5_000);
    await world.fleet.together((worker) => worker.endLoad());
    expect(world.sandbox.tokenRequests).toHaveLength(2);
  });

  it('lose the one that asks, and another takes over: no call fails', async () => {
    await world.open({ cacheOptions: { ...optionsFor(world.sandbox), leaseMs: 1_000 } });
    world.sandbox.failNext(1, { kind: 'hang' }, 'token');
    const [holder, ...others] = world.fleet.workers;
    const lost = holder?.burst({ count: 10 }).catch(() => 'lost');
    await eventually(() => expect(world.sandbox.tokenRequests).toHaveLength(1));
    const waiting = Promise.all(others.map((worker) => worker.burst({ count: 200 })));
    await setTimeout(300);
    await holder?.kill();
    expect(await lost).toBe('lost');
    for (const report of await waiting) expect(report.failures).toEqual([]);
    expect(world.sandbox.tokenRequests).toHaveLength(2);
  });
});

describeWithRedis('an outage of the issuer', () => {
  const world = useWorld();
  const outage = { kind: 'status', status: 500 } as const;

  it('of ten seconds is not noticed by 8 processes with a valid token, and costs six requests at most', async () => {
    const token = await world.plant({ lifeSeconds: 3_600, share: 0.86 });
    world.sandbox.failNext(1_000, outage, 'token');
    await world.open();
    await Promise.all(world.fleet.workers.map((worker) => worker.beginLoad({ concurrency: 5, pauseMs: 10 })));
    await setTimeout(10_000);
    const report = await world.fleet.together((worker) => worker.endLoad());
    expect(report.failures).toEqual([]);
    expect(report.tokens).toEqual([token]);
    expect(world.sandbox.tokenRequests.length).toBeGreaterThan(1);
    expect(world.sandbox.tokenRequests.length).toBeLessThanOrEqual(6);
  });

  it('of ten seconds fails calls at once where there is no token, costs six requests at most, and is over by itself', async () => {
    world.sandbox.failNext(1_000, outage, 'token');
    await world.open();
    await Promise.all(world.fleet.workers.map((worker) => worker.beginLoad({ concurrency: 5, pauseMs: 10 })));
    await setTimeout(10_000);
    expect(world.sandbox.tokenRequests.length).toBeGreaterThan(1);
    expect(world.sandbox.tokenRequests.length).toBeLessThanOrEqual(6);
    world.sandbox.stopFailing();
    world.sandbox.forgetRequests();
    await eventually(() => expect(world.sandbox.tokenRequests).toHaveLength(1));
    await setTimeout(1_000);
    const report = await world.fleet.together((worker) => worker.endLoad());
    expect(report.failures.length).toBeGreaterThan(1_000);
    const kinds = report.failures.map(({ reason, retryAfterSeconds }) => [reason, (retryAfterSeconds ?? 0) > 0]);
    expect(new Set(kinds.map(String))).toEqual(new Set(['unreachable,true']));
    expect(report.tokens).toHaveLength(1);
    expect(world.sandbox.tokenRequests).toHaveLength(1);
  });

  it('that concerns one process alone, with a wrong secret, does not silence the others', async () => {
    await world.open();
    const [wrong, ...others] = world.fleet.workers;
    await wrong?.open({
      ...world.opening(),
      cacheOptions: { ...optionsFor(world.sandbox), clientAuthentication: basic('wrong') },
    });
    const refused = await wrong?.burst({ count: 10 });
    expect(refused?.failures).toHaveLength(10);
    expect(refused?.failures[0]).toMatchObject({ reason: 'refused' });
    const reports = await Promise.all(others.map((worker) => worker.burst({ count: 10 })));
    expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
    expect(world.sandbox.tokenRequests).toHaveLength(2);
  });
});

describeWithRedis('clocks that differ', () => {
  const world = useWorld();

  it.each([
    ['two hours ahead', 2 * 3_600_000],
    ['two hours behind', -2 * 3_600_000],
    ['five seconds ahead', 5_000],
    ['five seconds behind', -5_000],
  ])('by a process %s do no harm', async (_, clockShiftMs) => {
    await world.open();
    const [first] = world.fleet.workers;
    await first?.open({ ...world.opening(), clockShiftMs });
    const before = await world.fleet.together((worker) => worker.burst({ count: 50, viaApi: true }));
    expect(before).toMatchObject({ failures: [], refusals: 0 });
    await setTimeout(500);
    await world.fleet.together((worker) => worker.burst({ count: 50 }));
    expect(world.sandbox.tokenRequests).toHaveLength(1);
  });
});

describeWithRedis('what lies in Redis', () => {
  const world = useWorld();

  it('is no token, no secret and no client id that anyone could read', async () => {
    const seen: string[] = [];
    const monitor = await world.redis.client.monitor();
    monitor.on('monitor', (_time: string, args: string[]) => seen.push(args.join(' ')));
    await world.open();
    const { tokens } = await world.fleet.together((worker) => worker.burst({ count: 10 }));
    const keys = await world.redis.client.keys(`${world.redisOptions.prefix}*`);
    const values = await Promise.all(keys.map((key) => world.redis.client.getBuffer(key)));
    await eventually(() => expect(seen.some((line) => line.startsWith('set '))).toBe(true));
    monitor.disconnect();
    const everything = [...keys, ...values.map(String), ...seen].join('\n');
    expect(keys.length).toBeGreaterThan(0);
    for (const part of [...(tokens[0] ?? '').split('.'), tokens[0] ?? '', 'sandbox-m2m', 'default.logto.app']) {
      expect(everything.includes(part)).toBe(false);
    }
  });

  it.each([
    ['garbage', () => world.redis.client.set(`${world.redisOptions.prefix}${world.key()}`, 'garbage', 'EX', 100)],
    ['a value without an end', () => world.redis.client.set(`${world.redisOptions.prefix}${world.key()}`, 'garbage')],
    ['another type', () => world.redis.client.rpush(`${world.redisOptions.prefix}${world.key()}`, 'a', 'b')],
    [
      'a lease without an end',
      () => world.redis.client.set(`${world.redisOptions.prefix}${world.key()}:lease`, 'nobody'),
    ],
    ["another key's ciphertext", () => world.seal(newKey(), world.key())],
    ['a ciphertext from another place', () => world.seal(world.redisOptions.encryptionKeys[0] ?? '', 'elsewhere')],
  ])('and is %s, counts as nothing and is overwritten, with one warning', async (title, put) => {
    await put();
    await world.open();
    const report = await world.fleet.together((worker) => worker.burst({ count: 50 }));
    expect(report.failures).toEqual([]);
    expect(world.sandbox.tokenRequests).toHaveLength(1);
    const warnings = await world.fleet.events('store_unreadable');
    expect(warnings).toHaveLength(title === 'a lease without an end' ? 0 : 1);
    expect(await world.fleet.events('store_down')).toEqual([]);
  });

  it('is read by old keys and new ones while they are changed', async () => {
    const [oldKey = ''] = world.redisOptions.encryptionKeys;
    const both = newKey();
    for (const encryptionKeys of [[oldKey], [oldKey, both], [both, oldKey]]) {
      await world.open({ redisOptions: { ...world.redisOptions, encryptionKeys } });
      const report = await world.fleet.together((worker) => worker.burst({ count: 20 }));
      expect(report.failures).toEqual([]);
    }
    expect(world.sandbox.tokenRequests).toHaveLength(1);
    // The record was sealed by the old key, and is asked for anew.
    await world.open({ redisOptions: { ...world.redisOptions, encryptionKeys: [both] } });
    expect((await world.fleet.together((worker) => worker.burst({ count: 20 }))).failures).toEqual([]);
    expect(world.sandbox.tokenRequests).toHaveLength(2);
  });

  it('is one token for each resource', async () => {
    await world.open();
    const [first, second] = world.fleet.workers;
    const other = { ...optionsFor(world.sandbox), parameters: { audience: 'another' } };
    await second?.open({ ...world.opening(), cacheOptions: other });
    const [one, two] = [await first?.burst({ count: 5 }), await second?.burst({ count: 5 })];
    expect(one?.tokens).not.toEqual(two?.tokens);
    expect(world.sandbox.tokenRequests).toHaveLength(2);
  });
});
