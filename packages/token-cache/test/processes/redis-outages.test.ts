import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { TokenCacheEvent } from '../../src/index.js';
import { describeWithRedis, freePort } from '../redis/redis-server.js';
import { startSlowProxy } from '../redis/slow-proxy.js';
import { eventually, newKey } from '../scene.js';
import { PROCESSES, useWorld } from './world.js';

describeWithRedis('without a Redis that works', () => {
  const world = useWorld();

  const load = (pauseMs = 10) =>
    Promise.all(world.fleet.workers.map((worker) => worker.beginLoad({ concurrency: 4, pauseMs, viaApi: true })));

  /** Of each process, in order. */
  const storeEvents = async (): Promise<string[][]> => {
    const all = await Promise.all(world.fleet.workers.map((worker) => worker.events()));
    return all.map((events) => events.map(({ type }) => type).filter((type) => type.startsWith('store_')));
  };

  const reasons = async () => new Set((await world.fleet.events('store_down')).map(({ reason }) => reason));

  it('because none is configured, each process asks once', async () => {
    const { redisOptions: _, ...opening } = world.opening();
    await world.fleet.open(opening);
    const report = await world.fleet.together((worker) => worker.burst({ count: 200 }));
    expect(report.failures).toEqual([]);
    expect(world.sandbox.tokenRequests).toHaveLength(PROCESSES);
  });

  it('because it is not there, each process asks once, and says so once', async () => {
    await world.open({ redisOptions: { ...world.redisOptions, url: `redis://127.0.0.1:${await freePort()}` } });
    const report = await world.fleet.together((worker) => worker.burst({ count: 200 }));
    expect(report.failures).toEqual([]);
    expect(world.sandbox.tokenRequests).toHaveLength(PROCESSES);
    await setTimeout(2_000);
    await world.fleet.together((worker) => worker.burst({ count: 200 }));
    expect(await storeEvents()).toEqual(Array.from({ length: PROCESSES }, () => ['store_down']));
    expect(await reasons()).toEqual(new Set(['Redis failed: ECONNREFUSED']));
  });

  it('because it is frozen, killed and started again under load, no call fails, and then they share again', async () => {
    world.sandbox.accessTokenTtlSeconds = 3;
    await world.open();
    await world.fleet.together((worker) => worker.burst({ count: 1 }));
    await load();
    await setTimeout(1_000);
    world.redis.freeze();
    await setTimeout(4_000);
    expect(await reasons()).toEqual(new Set(['no answer within 1000 ms']));
    world.redis.thaw();
    await eventually(async () => expect(await world.fleet.events('store_up')).toHaveLength(PROCESSES));
    await world.redis.kill();
    await setTimeout(4_000);
    expect(await world.fleet.events('store_down')).toHaveLength(2 * PROCESSES);
    await world.redis.restart();
    await eventually(async () => expect(await world.fleet.events('store_up')).toHaveLength(2 * PROCESSES));
    // Those that asked for themselves go on with that until it is due.
    await setTimeout(2_000);
    world.sandbox.forgetRequests();
    await setTimeout(6_000);
    const report = await world.fleet.together((worker) => worker.endLoad());
    expect(report).toMatchObject({ failures: [], expired: 0 });
    expect(world.sandbox.tokenRequests.length).toBeLessThanOrEqual(6 / 2 + 1);
    for (const events of await storeEvents()) {
      expect(events).toEqual(['store_down', 'store_up', 'store_down', 'store_up']);
    }
  }, 120_000);

  it('for a while, those that went through it tell their token to those that come new', async () => {
    await world.plant({ lifeSeconds: 60, share: 0.79 });
    await world.open();
    await world.fleet.together((worker) => worker.burst({ count: 1 }));
    await load();
    await world.redis.kill();
    await eventually(async () => expect(await world.fleet.events('refresh')).toHaveLength(PROCESSES));
    await world.redis.restart();
    await eventually(async () => expect(await world.fleet.events('store_up')).toHaveLength(PROCESSES));
    expect((await world.fleet.together((worker) => worker.endLoad())).failures).toEqual([]);
    await eventually(async () => expect(await world.store().read(world.key())).toBeDefined());
    world.sandbox.forgetRequests();
    await world.open();
    expect((await world.fleet.together((worker) => worker.burst({ count: 10 }))).tokens).toHaveLength(1);
    expect(world.sandbox.tokenRequests).toEqual([]);
  });

  it('because it forgets everything again and again, no call fails', async () => {
    world.sandbox.accessTokenTtlSeconds = 3;
    await world.open();
    await load();
    for (let round = 0; round < 60; round += 1) {
      await world.redis.client.flushall();
      await setTimeout(100);
    }
    const report = await world.fleet.together((worker) => worker.endLoad());
    expect(report).toMatchObject({ failures: [], expired: 0 });
    expect(world.sandbox.tokenRequests.length).toBeLessThanOrEqual(PROCESSES * 4);
  });

  describe.each<[string, () => Promise<unknown>, () => Promise<unknown>, string]>([
    [
      'it is full',
      () => world.redis.client.config('SET', 'maxmemory', '1'),
      () => world.redis.client.config('SET', 'maxmemory', '0'),
      'Redis failed: OOM',
    ],
    [
      'it is a replica',
      () => world.redis.client.replicaof('127.0.0.1', 1),
      () => world.redis.client.replicaof('NO', 'ONE'),
      'Redis failed: READONLY',
    ],
    [
      'it wants a password',
      () => world.redis.client.config('SET', 'requirepass', 'hunter2'),
      () => world.redis.client.config('SET', 'requirepass', ''),
      'Redis failed: NOAUTH',
    ],
  ])('because %s', (_, break_, mend, reason) => {
    it('each process asks once, says why without an argument, and comes back', async () => {
      await break_();
      await world.open();
      const report = await world.fleet.together((worker) => worker.burst({ count: 50 }));
      expect(report.failures).toEqual([]);
      expect(world.sandbox.tokenRequests).toHaveLength(PROCESSES);
      expect(await reasons()).toEqual(new Set([reason]));
      await mend();
      await eventually(async () => expect(await world.fleet.events('store_up')).toHaveLength(PROCESSES));
    });
  });

  it('because the password is wrong, the reason does not tell it', async () => {
    const url = world.redisOptions.url.replace('redis://', 'redis://nobody:hunter2@');
    await world.open({ redisOptions: { ...world.redisOptions, url } });
    const report = await world.fleet.together((worker) => worker.burst({ count: 50 }));
    expect(report.failures).toEqual([]);
    const all: TokenCacheEvent[][] = await Promise.all(world.fleet.workers.map((worker) => worker.events()));
    expect(JSON.stringify(all)).not.toContain('hunter2');
    expect(await reasons()).toEqual(new Set(['Redis failed: WRONGPASS']));
  });

  it('though it is slow by 300 ms, they share', async () => {
    const proxy = await startSlowProxy(world.redis.port, 300);
    await world.open({ redisOptions: { ...world.redisOptions, url: proxy.url, encryptionKeys: [newKey()] } });
    const report = await world.fleet.together((worker) => worker.burst({ count: 200 }));
    expect(report.failures).toEqual([]);
    expect(world.sandbox.tokenRequests).toHaveLength(1);
    expect(await world.fleet.events('store_down')).toEqual([]);
    await proxy.close();
  });
});
