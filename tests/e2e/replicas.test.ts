import { randomBytes } from 'node:crypto';
import { createLog, type RunningServer, readConfig, serve } from '@users-bff/bff';
import { MANAGEMENT_API, managementApplication } from '@users-bff/logto-sandbox';
import { createUsersClient } from '@users-bff/trpc-client';
import { expect, it, vi } from 'vitest';
import { describeWithRedis, startRedis } from '../../packages/token-cache/test/redis/redis-server.js';
import { AUDIENCE, startWorld } from '../world.js';

/** Three BFFs in front of one Logto, with one Redis between them. */
const startReplicas = async () => {
  const world = await startWorld();
  const redis = await startRedis();
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    LOGTO_ENDPOINT: world.sandbox.endpoint,
    LOGTO_APP_ID: managementApplication.clientId,
    LOGTO_APP_SECRET: managementApplication.clientSecret,
    LOGTO_RESOURCE: MANAGEMENT_API,
    AUTH_AUDIENCE: AUDIENCE,
    TOKEN_CACHE_URL: redis.url,
    TOKEN_CACHE_KEYS: randomBytes(32).toString('base64'),
  });
  const log: string[] = [];
  const start = () => serve(config, createLog('trace', { write: (line: string) => void log.push(line) }));
  const servers: RunningServer[] = await Promise.all([start(), start(), start()]);
  const token = await world.token('users:read');
  world.sandbox.forgetRequests();
  return {
    sandbox: world.sandbox,
    redis,
    log,
    start,
    servers,
    list: (server: RunningServer) =>
      createUsersClient({ url: `${server.url}/trpc`, getAccessToken: () => token }).users.list.query({ pageSize: 1 }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await redis.close();
      await world[Symbol.asyncDispose]();
    },
  };
};

describeWithRedis('replicas with one Redis', () => {
  it('ask for one token when all are cold, one when it is refused, and none when another replica starts', async () => {
    await using replicas = await startReplicas();
    const { servers, sandbox, list } = replicas;
    const everywhere = () => Promise.all(servers.flatMap((server) => Array.from({ length: 50 }, () => list(server))));
    await everywhere();
    expect(sandbox.tokenRequests).toHaveLength(1);
    sandbox.revokeTokens();
    await everywhere();
    expect(sandbox.tokenRequests).toHaveLength(2);
    const another = await replicas.start();
    servers.push(another);
    expect((await list(another)).totalCount).toBe(30);
    expect(sandbox.tokenRequests).toHaveLength(2);
  });

  it('answer while Redis is down, say so once, and end in time while it is frozen', async () => {
    await using replicas = await startReplicas();
    const { servers, redis, log, list } = replicas;
    redis.freeze();
    const pages = await Promise.all(servers.map(list));
    expect(pages.every(({ totalCount }) => totalCount === 30)).toBe(true);
    const downs = () => log.filter((line) => line.includes('the shared token cache is down'));
    expect(downs()).toHaveLength(servers.length);
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    expect(log.filter((line) => line.includes('"msg":"stopped"'))).toHaveLength(3);
    expect(downs()).toHaveLength(3);
    redis.thaw();
  });

  it('say when Redis is back', async () => {
    await using replicas = await startReplicas();
    const { servers, redis, log, list } = replicas;
    redis.freeze();
    await Promise.all(servers.map(list));
    redis.thaw();
    await vi.waitFor(
      () => expect(log.filter((line) => line.includes('the shared token cache is back'))).toHaveLength(servers.length),
      20_000,
    );
  });
});
