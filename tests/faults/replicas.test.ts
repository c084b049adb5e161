import { request } from 'node:http';
import { text as streamText } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { managementApplication, type Sandbox } from '@users-bff/logto-sandbox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  describeWithRedis,
  freePort,
  type RedisServer,
  startRedis,
} from '../../packages/token-cache/test/redis/redis-server.js';
import { type Balancer, hasNginx, startNginx, startProbing } from '../balancer.js';
import { type BffProcess, environmentOf, ready, startBff, startLogto, tokenOf } from '../bff-process.js';

/** A replica that can be replaced at its address. */
interface Replica {
  readonly port: number;
  process: BffProcess;
}

let logto: Sandbox;
let redis: RedisServer;
let token: string;
let environment: Record<string, string>;
let replicas: Replica[];
let balancer: Balancer | undefined;

const start = async (port: number): Promise<BffProcess> => {
  const bff = await startBff({ ...environment, PORT: String(port) });
  await ready(bff);
  return bff;
};

const startReplicas = async (count: number): Promise<number[]> => {
  for (let index = 0; index < count; index += 1) {
    const port = await freePort();
    replicas.push({ port, process: await start(port) });
  }
  return replicas.map(({ port }) => port);
};

/** Ends it as a rolling update does, and starts its successor. */
const replace = async (replica: Replica): Promise<void> => {
  await balancer?.leaveOut(replica.port);
  replica.process.child.kill('SIGTERM');
  expect(await replica.process.exit).toBe(0);
  replica.process = await start(replica.port);
  await balancer?.leaveOut();
  // What is in front has to notice: a rolling update waits for readiness likewise.
  await setTimeout(300);
};

/** How many callers at a time. */
const CALLERS = 8;

/** Reads and writes without a pause until told to end. Resolves to how many succeeded, and what failed. */
const load = (url: string) => {
  let isOver = false;
  let succeeded = 0;
  const failures: string[] = [];
  // A connection for each: what is in front closes those that it kept when it reads its configuration anew.
  const ask = (path: string, body?: object): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const method = body ? 'POST' : 'GET';
      request(`${url}/trpc/${path}`, { method, headers, agent: false }, async (response) => {
        resolve({ status: response.statusCode ?? 0, text: await streamText(response) });
      })
        .on('error', reject)
        .end(body && JSON.stringify(body));
    });
  const call = async (turn: number): Promise<void> => {
    const path = turn % 3 === 0 ? 'users.create' : 'users.list';
    try {
      const { status, text } = await ask(path, path === 'users.create' ? { name: 'U' } : undefined);
      if (status === 200) succeeded += 1;
      else failures.push(`${path} ${status} ${text.slice(0, 200)}`);
    } catch (error) {
      failures.push(`${path} ${error}`);
    }
  };
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    for (let turn = caller; !isOver; turn += 1) {
      await call(turn);
      await setTimeout(10);
    }
  });
  return {
    failures,
    async end() {
      isOver = true;
      await Promise.all(callers);
      return { succeeded, failures };
    },
  };
};

const askedForTokens = (): number =>
  logto.tokenRequests.filter(({ headers }) => {
    const [, sent = ''] = (headers.authorization ?? '').split(' ');
    return decodeURIComponent(atob(sent)).startsWith(managementApplication.clientId);
  }).length;

describeWithRedis('replicas with a token in common', () => {
  beforeEach(async () => {
    logto = await startLogto();
    redis = await startRedis();
    token = await tokenOf(logto);
    environment = {
      ...environmentOf(logto),
      TOKEN_CACHE_URL: redis.url,
      TOKEN_CACHE_KEYS: Buffer.alloc(32, 1).toString('base64'),
      SHUTDOWN_DELAY_MS: '500',
    };
    replicas = [];
    balancer = undefined;
  });

  afterEach(async () => {
    await balancer?.close();
    for (const { process } of replicas) process.child.kill('SIGKILL');
    await redis.close();
    await logto.close();
  });

  const balancers = [
    { name: 'a balancer that asks for readiness', start: startProbing, isThere: true },
    { name: hasNginx ? 'nginx' : 'nginx (skipped: install nginx)', start: startNginx, isThere: hasNginx },
  ];

  describe.each(balancers)('behind $name', ({ start: startBalancer, isThere }) => {
    it.skipIf(!isThere)(
      'are restarted one after another under load without a failed call',
      async () => {
        balancer = await startBalancer(await startReplicas(2));
        const running = load(balancer.url);
        await setTimeout(500);
        for (const replica of replicas) await replace(replica);
        const { succeeded, failures } = await running.end();
        expect(failures).toEqual([]);
        expect(succeeded).toBeGreaterThan(50);
        expect(askedForTokens()).toBe(1);
      },
      60_000,
    );

    it.skipIf(!isThere)(
      "get the application's new secret under load without a failed call",
      async () => {
        balancer = await startBalancer(await startReplicas(2));
        const running = load(balancer.url);
        await setTimeout(500);
        logto.changeSecret(managementApplication.clientId, 'a-new-secret-of-32-characters-xx');
        environment['LOGTO_APP_SECRET'] = 'a-new-secret-of-32-characters-xx';
        await setTimeout(500);
        for (const replica of replicas) await replace(replica);
        // Whoever has the old secret only could not go on now.
        logto.revokeTokens();
        await setTimeout(500);
        const { failures } = await running.end();
        expect(failures).toEqual([]);
      },
      60_000,
    );
  });

  it('R32 are eight, restarted one after another, and ask for one new token at most', async () => {
    balancer = await startProbing(await startReplicas(8));
    expect(askedForTokens()).toBe(1);
    const running = load(balancer.url);
    for (const replica of replicas) await replace(replica);
    const { failures } = await running.end();
    expect(failures).toEqual([]);
    expect(askedForTokens()).toBeLessThanOrEqual(2);
  }, 120_000);

  it('R31 are unharmed when one is killed; it is back with the token in common', async () => {
    await startReplicas(2);
    const [killed, other] = replicas as [Replica, Replica];
    const harmed = load(killed.process.url);
    const unharmed = load(other.process.url);
    await setTimeout(500);
    killed.process.child.kill('SIGKILL');
    await killed.process.exit;
    await harmed.end();
    killed.process = await start(killed.port);
    const again = load(killed.process.url);
    await setTimeout(300);
    expect((await again.end()).failures).toEqual([]);
    expect((await unharmed.end()).failures).toEqual([]);
    expect(askedForTokens()).toBe(1);
  }, 60_000);
});
