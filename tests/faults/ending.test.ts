import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Sandbox } from '@users-bff/logto-sandbox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyChain } from '../../apps/bff/src/audit/chain.js';
import { describeWithRedis, type RedisServer, startRedis } from '../../packages/token-cache/test/redis/redis-server.js';
import { type BffProcess, environmentOf, ready, startBff, startLogto, tokenOf } from '../bff-process.js';
import { post } from '../e2e/procedures.js';

let logto: Sandbox;
let token: string;
let folder: string;
let running: BffProcess[];

beforeEach(async () => {
  logto = await startLogto();
  token = await tokenOf(logto);
  folder = await mkdtemp(join(tmpdir(), 'ending-'));
  running = [];
});

afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await logto.close();
  await rm(folder, { recursive: true });
});

const start = async (environment: Record<string, string> = {}): Promise<BffProcess> => {
  const all = { ...environmentOf(logto), AUDIT_FILE: join(folder, 'audit.jsonl'), ...environment };
  const bff = await startBff(all);
  running.push(bff);
  await ready(bff);
  return bff;
};

const auditLines = async (): Promise<string[]> =>
  (await readFile(join(folder, 'audit.jsonl'), 'utf8')).split('\n').filter(Boolean);

/** Calls over connections that are kept, as browsers and proxies do. */
const call = (bff: BffProcess, agent: Agent, name: string, input: object): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    request(`${bff.url}/trpc/${name}`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(JSON.stringify(input));
  });

describe('SIGTERM', () => {
  it('R29 lets 200 queries and 50 writes in flight end, on kept connections, and the process ends with 0', async () => {
    const bff = await start({ SHUTDOWN_DELAY_MS: '3000', MAX_IN_FLIGHT: '1000' });
    const agent = new Agent({ keepAlive: true });
    logto.latencyMs = 700;
    const calls = [
      ...Array.from({ length: 200 }, () => call(bff, agent, 'users.list', {})),
      ...Array.from({ length: 50 }, (_, index) => call(bff, agent, 'users.create', { name: `U${index}` })),
    ];
    await vi.waitFor(() => expect(logto.apiRequests.length).toBeGreaterThanOrEqual(32), 10_000);
    bff.child.kill('SIGTERM');
    await setTimeout(100);
    // Not ready at once, and still there for those whom the load balancer has not told yet.
    expect((await fetch(`${bff.url}/readyz`)).status).toBe(503);
    const late = await fetch(`${bff.url}/trpc/users.list`, { headers: { authorization: `Bearer ${token}` } });
    expect(late.headers.get('connection')).toBe('close');
    const statuses = await Promise.all(calls);
    // One caller has a share: what waited for more than a second was told to come back. All were answered.
    expect(statuses).toHaveLength(250);
    for (const status of statuses) expect([200, 503]).toContain(status);
    expect(await bff.exit).toBe(0);
    const made = statuses.slice(200).filter((status) => status === 200).length;
    const lines = await auditLines();
    expect(lines.filter((line) => line.includes('"outcome":"succeeded"'))).toHaveLength(made);
    expect(verifyChain(lines)).toEqual([]);
    agent.destroy();
  }, 60_000);

  it('breaks off what does not end in time, says of writes that nobody knows, and has it on record', async () => {
    const bff = await start({ SHUTDOWN_GRACE_MS: '500' });
    logto.failNext(Number.POSITIVE_INFINITY, { kind: 'hang' });
    const agent = new Agent({ keepAlive: true });
    const calls = [call(bff, agent, 'users.list', {}), call(bff, agent, 'users.create', { name: 'U' })];
    for (const each of calls) each.catch(() => {});
    await vi.waitFor(() => expect(logto.apiRequests).toHaveLength(2), 10_000);
    bff.child.kill('SIGTERM');
    expect(await bff.exit).toBe(0);
    await Promise.allSettled(calls);
    expect((await auditLines()).map((line) => JSON.parse(line).outcome)).toEqual(['unknown']);
    agent.destroy();
  }, 60_000);

  it('R30 during a request for a token that hangs, ends the process in time', async () => {
    logto.failNext(Number.POSITIVE_INFINITY, { kind: 'hang' }, 'token');
    const bff = await startBff({ ...environmentOf(logto), SHUTDOWN_GRACE_MS: '500' });
    running.push(bff);
    const hanging = post(`${bff.url}/trpc`, 'users.list', {}, token).catch(() => undefined);
    await setTimeout(300);
    bff.child.kill('SIGTERM');
    expect(await bff.exit).toBe(0);
    await hanging;
  }, 60_000);

  it('a second time ends it at once', async () => {
    const bff = await start();
    logto.failNext(Number.POSITIVE_INFINITY, { kind: 'hang' });
    const hanging = post(`${bff.url}/trpc`, 'users.list', {}, token).catch(() => undefined);
    await setTimeout(300);
    bff.child.kill('SIGTERM');
    await setTimeout(300);
    bff.child.kill('SIGTERM');
    expect(await bff.exit).toBe(1);
    await hanging;
  }, 60_000);
});

describe('SIGKILL', () => {
  it('R31 under load leaves no half record, and the next process serves with the calls that follow', async () => {
    const bff = await start();
    const load = Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => post(`${bff.url}/trpc`, 'users.create', { name: `U${index}` }, token)),
    );
    await vi.waitFor(async () => expect((await auditLines()).length).toBeGreaterThan(5), 20_000);
    bff.child.kill('SIGKILL');
    await load;
    for (const line of await auditLines()) expect(JSON.parse(line).hash).toMatch(/^[0-9a-f]{64}$/);
    const next = await start();
    expect((await post(`${next.url}/trpc`, 'users.list', {}, token)).status).toBe(200);
    expect(verifyChain(await auditLines())).toEqual([]);
  }, 60_000);
});

describe('R33 what takes the records', () => {
  it('being a closed standard output, costs no call', async () => {
    const bff = await start();
    bff.child.stdout?.destroy();
    for (let count = 0; count < 20; count += 1) {
      expect((await post(`${bff.url}/trpc`, 'users.create', { name: 'U' }, token)).status).toBe(200);
    }
    await vi.waitFor(async () => expect(await auditLines()).toHaveLength(20), 10_000);
    bff.child.kill('SIGTERM');
    expect(await bff.exit).toBe(0);
  }, 60_000);

  it('being a full disk, costs writes where there must be a record, and none where there need not be', async () => {
    const lenient = await start({ AUDIT_FILE: '/dev/full' });
    expect((await post(`${lenient.url}/trpc`, 'users.create', { name: 'U' }, token)).status).toBe(200);
    await vi.waitFor(async () => {
      const { checks } = (await (await fetch(`${lenient.url}/readyz`)).json()) as { checks: Record<string, object> };
      expect(checks['audit']).toMatchObject({ status: 'failing', detail: 'file fails' });
    }, 10_000);
    const text = await (await fetch(lenient.metricsUrl)).text();
    expect(text).toMatch(/^usersbff_audit_buffered 1$/m);

    const strict = await start({ AUDIT_FILE: '/dev/full', AUDIT_STRICT: 'true' });
    logto.forgetRequests();
    const { error } = await post(`${strict.url}/trpc`, 'users.create', { name: 'U' }, token);
    expect(error?.data).toMatchObject({ code: 'SERVICE_UNAVAILABLE', outcome: 'not_sent' });
    expect(logto.apiRequests).toEqual([]);
    expect((await post(`${strict.url}/trpc`, 'users.list', {}, token)).status).toBe(200);
  }, 60_000);
});

it('a failure that nobody foresaw ends the process with 1, after the calls in flight', async () => {
  const bomb = "process.on('SIGUSR2',()=>{Promise.reject(new Error(['password', 'needle'].join('=')))})";
  const bff = await startBff(environmentOf(logto), {
    flags: ['--import', `data:text/javascript,${encodeURIComponent(bomb)}`],
  });
  running.push(bff);
  await ready(bff);
  logto.latencyMs = 500;
  const inFlight = post(`${bff.url}/trpc`, 'users.create', { name: 'U' }, token);
  await setTimeout(200);
  bff.child.kill('SIGUSR2');
  expect((await inFlight).status).toBe(200);
  expect(await bff.exit).toBe(1);
  expect(bff.output()).toContain('unforeseen failure');
  expect(bff.output()).not.toContain('password=needle');
}, 60_000);

it('a process that ends in the moment of an answer has written down the call', async () => {
  const bomb = `import { subscribe } from 'node:diagnostics_channel';
    process.on('SIGUSR2', () => subscribe('http.server.response.finish', () => process.exit(3)));`;
  const bff = await startBff(environmentOf(logto), {
    flags: ['--import', `data:text/javascript,${encodeURIComponent(bomb)}`],
  });
  running.push(bff);
  await ready(bff);
  bff.child.kill('SIGUSR2');
  await setTimeout(200);
  await post(`${bff.url}/trpc`, 'users.list', {}, token).catch(() => {});
  expect(await bff.exit).toBe(3);
  expect(bff.output()).toContain('"procedure":"users.list"');
}, 60_000);

describeWithRedis('with a Redis that is frozen', () => {
  it('R30 SIGTERM ends the process in time', async () => {
    const redis: RedisServer = await startRedis();
    const keys = Buffer.alloc(32, 1).toString('base64');
    const bff = await start({ TOKEN_CACHE_URL: redis.url, TOKEN_CACHE_KEYS: keys, RATE_LIMIT_URL: redis.url });
    redis.freeze();
    expect((await post(`${bff.url}/trpc`, 'users.list', {}, token)).status).toBe(200);
    bff.child.kill('SIGTERM');
    expect(await bff.exit).toBe(0);
    redis.thaw();
    await redis.close();
  }, 60_000);
});
