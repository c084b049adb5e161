import { SEED_PASSWORD } from '@users-bff/logto-sandbox';
import { createUsersClient, isUsersError } from '@users-bff/trpc-client';
import { describe, expect, it, vi } from 'vitest';
import { startIssuer } from '../../apps/bff/test/issuer.js';
import { describeWithRedis, startRedis } from '../../packages/token-cache/test/redis/redis-server.js';
import { AUDIENCE, startWorld, type World } from '../world.js';
import { post } from './procedures.js';

const idOf = (world: World, username: string): string =>
  [...world.sandbox.store.users.values()].find((user) => user.username === username)?.id ?? '';

const verifications = (world: World) => world.sandbox.apiRequests.filter(({ url }) => url.endsWith('/password/verify'));

const codeOf = (error: unknown): string => (isUsersError(error) ? error.data.code : 'no answer');

describe('a quota', () => {
  it.each([
    ['reads', 'RATE_LIMIT_READS', 'users.get', {}],
    ['writes', 'RATE_LIMIT_WRITES', 'users.update', { name: 'x' }],
    ['credentials', 'RATE_LIMIT_CREDENTIALS', 'users.password.update', { password: 'x1' }],
    ['deletions', 'RATE_LIMIT_DELETIONS', 'users.delete', {}],
  ])('Q7 of %s is kept by %s, and told', async (name, variable, procedure, input) => {
    await using world = await startWorld({ environment: { [variable]: '3' } });
    const token = await world.token('users:read', 'users:write', 'users:credentials', 'users:delete');
    const call = () => post(world.url, procedure, { userId: 'nobody000000', ...input }, token);
    for (const left of [2, 1, 0]) {
      const { status, headers } = await call();
      expect(status).not.toBe(429);
      expect(headers.get('ratelimit-policy')).toBe(`"${name}";q=3;w=60`);
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"${name}";r=${left};t=\\d+$`));
    }
    world.sandbox.forgetRequests();
    const { status, headers, error } = await call();
    expect(status).toBe(429);
    expect(error?.data.code).toBe('TOO_MANY_REQUESTS');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(error?.data['retryAfterSeconds']).toBeGreaterThan(0);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('counts the calls of a batch, and is of one caller', async () => {
    await using world = await startWorld({ environment: { RATE_LIMIT_READS: '10' } });
    const client = world.client('users:read');
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => client.users.list.query({ pageSize: 1 })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const failed = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(new Set(failed.map(({ reason }) => codeOf(reason)))).toEqual(new Set(['TOO_MANY_REQUESTS']));
  });
});

describe('Q1 a password', () => {
  it('is guessed at five times, in a batch too, and then not even the right guess is told', async () => {
    await using world = await startWorld();
    const client = world.client('users:credentials');
    const [one, other] = [idOf(world, 'reader'), idOf(world, 'support')];
    const guess = (userId: string, password: string) => client.users.password.verify.mutate({ userId, password });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => guess(one, 'wrong')));
    const codes = results.map((result) => (result.status === 'rejected' ? codeOf(result.reason) : 'right'));
    expect(codes.filter((code) => code === 'UNPROCESSABLE_CONTENT')).toHaveLength(5);
    expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(15);
    expect(verifications(world)).toHaveLength(5);
    await expect(guess(one, SEED_PASSWORD)).rejects.toMatchObject({ data: { code: 'TOO_MANY_REQUESTS' } });
    await guess(other, SEED_PASSWORD);
  });

  it('may be verified any number of times by whoever knows it', async () => {
    await using world = await startWorld();
    const client = world.client('users:credentials');
    for (let call = 0; call < 12; call += 1) {
      await client.users.password.verify.mutate({ userId: idOf(world, 'reader'), password: SEED_PASSWORD });
    }
    expect(verifications(world)).toHaveLength(12);
  });

  it('is no wrong guess where Logto did not say so', async () => {
    await using world = await startWorld();
    const client = world.client('users:credentials');
    const verify = () =>
      client.users.password.verify.mutate({ userId: idOf(world, 'reader'), password: SEED_PASSWORD }).catch(codeOf);
    world.sandbox.failNext(10, { kind: 'status', status: 500 });
    for (let call = 0; call < 10; call += 1) expect(await verify()).toBe('BAD_GATEWAY');
    expect(await verify()).not.toBe('TOO_MANY_REQUESTS');
  });
});

describe('Q5 refused tokens', () => {
  it('of one address are answered so often, and good ones always', async () => {
    await using world = await startWorld({ environment: { AUTH_FAILURES: '20' } });
    const token = await world.token('users:read');
    const statuses: number[] = [];
    for (let call = 0; call < 30; call += 1) statuses.push((await post(world.url, 'session.whoami', {}, 'bad')).status);
    expect(statuses).toEqual([...Array(20).fill(401), ...Array(10).fill(429)]);
    const { status } = await fetch(`${world.url}/session.whoami`, { headers: { authorization: `Bearer ${token}` } });
    expect(status).toBe(200);
  });
});

describeWithRedis('with a Redis', () => {
  it('Q1 10,000 wrong guesses of ten callers at two replicas are five', async () => {
    const redis = await startRedis();
    {
      const issuer = await startIssuer();
      const AUTH_ISSUERS = JSON.stringify([{ issuer: issuer.issuer, audience: AUDIENCE }]);
      await using world = await startWorld({
        environment: { RATE_LIMIT_URL: redis.url, AUTH_ISSUER: '', AUTH_AUDIENCE: '', AUTH_ISSUERS },
      });
      const second = await world.replica();
      const clients = Array.from({ length: 10 }, (_, n) => {
        const { url } = n % 2 === 0 ? world.server : second;
        const getAccessToken = () => issuer.sign({ sub: `agent-${n}`, scope: 'users:credentials' });
        return createUsersClient({ url: `${url}/trpc`, getAccessToken });
      });
      // Both have found Redis.
      await Promise.all(clients.map((client) => client.session.whoami.query()));
      await vi.waitFor(async () => expect((await redis.client.keys('users-bff:limit:reads*')).length).toBe(10), 10_000);
      const userId = idOf(world, 'reader');
      const codes: string[] = [];
      await Promise.all(
        clients.map(async (client) => {
          for (let round = 0; round < 10; round += 1) {
            const guesses = Array.from({ length: 100 }, (_, n) =>
              client.users.password.verify.mutate({ userId, password: `wrong ${n}` }).catch(codeOf),
            );
            codes.push(...((await Promise.all(guesses)) as string[]));
          }
        }),
      );
      expect(codes).toHaveLength(10_000);
      expect(new Set(codes)).toEqual(new Set(['UNPROCESSABLE_CONTENT', 'TOO_MANY_REQUESTS']));
      expect(verifications(world)).toHaveLength(5);
      expect(await redis.client.ttl(`users-bff:limit:guesses:${userId}`)).toBeGreaterThan(800);
      issuer.close();
    }
    await redis.close();
  }, 120_000);

  it('Q6 that is down, each replica counts for itself, and no call fails for it', async () => {
    const redis = await startRedis();
    {
      await using world = await startWorld({ environment: { RATE_LIMIT_URL: redis.url, RATE_LIMIT_READS: '5' } });
      const client = world.client('users:read');
      await client.session.whoami.query();
      redis.freeze();
      const codes: string[] = [];
      for (let call = 0; call < 8; call += 1) {
        codes.push(await client.users.list.query({ pageSize: 1 }).then(() => 'ok', codeOf));
      }
      expect(codes).toEqual([...Array(5).fill('ok'), ...Array(3).fill('TOO_MANY_REQUESTS')]);
      await redis.kill();
    }
    await redis.close();
  });
});
