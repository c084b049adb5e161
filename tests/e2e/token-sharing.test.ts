import { describe, expect, it } from 'vitest';
import { startWorld } from '../world.js';

describe('the token for Logto', () => {
  it('is asked for once by 200 calls at once from cold', async () => {
    await using world = await startWorld();
    const clients = Array.from({ length: 10 }, () => world.client('users:read'));
    await Promise.all(clients.map((client) => client.session.whoami.query()));
    const calls = clients.flatMap((client) =>
      Array.from({ length: 20 }, () => client.users.list.query({ pageSize: 1 })),
    );
    const pages = await Promise.all(calls);
    expect(pages.every(({ totalCount }) => totalCount === 30)).toBe(true);
    const clientOf = (authorization = '') =>
      decodeURIComponent(atob(authorization.slice('Basic '.length))).split(':')[0];
    const asked = world.sandbox.tokenRequests.filter(
      ({ headers }) => clientOf(headers.authorization) === world.upstream.appId,
    );
    expect(asked).toHaveLength(1);
    expect(world.sandbox.apiRequests).toHaveLength(200);
  });

  it('revoked upstream costs one repeated call, never a failed one', async () => {
    await using world = await startWorld();
    const client = world.client('users:read', 'users:write');
    const { id: userId } = await client.users.create.mutate({});
    world.sandbox.revokeTokens();
    world.sandbox.forgetRequests();
    const renamed = await client.users.update.mutate({ userId, name: 'After' });
    expect(renamed.name).toBe('After');
    expect(world.sandbox.tokenRequests).toHaveLength(1);
    expect(world.sandbox.apiRequests).toHaveLength(2);
  });

  it('revoked under load makes one new request, and each call is repeated at most once', async () => {
    await using world = await startWorld();
    const client = world.client('users:read');
    await client.users.list.query();
    world.sandbox.revokeTokens();
    world.sandbox.forgetRequests();
    await Promise.all(Array.from({ length: 100 }, () => client.users.list.query({ pageSize: 1 })));
    expect(world.sandbox.tokenRequests).toHaveLength(1);
    expect(world.sandbox.apiRequests.length).toBeLessThanOrEqual(200);
  });

  it('never reaches a caller, nor does any header of a caller reach Logto', async () => {
    await using world = await startWorld();
    const token = await world.token('users:read');
    const response = await fetch(`${world.url}/users.list`, {
      headers: {
        authorization: `Bearer ${token}`,
        'development-user-id': 'admin',
        'x-forwarded-user': 'admin',
        cookie: 'a=b',
        'x-request-id': 'mine.1',
      },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-request-id')).toBe('mine.1');
    const [request] = world.sandbox.apiRequests;
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-language',
      'authorization',
      'connection',
      'host',
      'traceparent',
      'x-request-id',
    ]);
    expect(request?.headers.authorization).not.toContain(token);
  });

  it('goes with the language and the request id of the caller, and with no language of ours', async () => {
    await using world = await startWorld();
    const token = await world.token('users:read');
    const headers = {
      authorization: `Bearer ${token}`,
      'accept-language': 'de-CH, de;q=0.9',
      'x-request-id': 'mine.2',
    };
    await fetch(`${world.url}/users.list`, { headers });
    expect(world.sandbox.apiRequests[0]?.headers).toMatchObject({
      'accept-language': 'de-CH, de;q=0.9',
      'x-request-id': 'mine.2',
    });
  });
});
