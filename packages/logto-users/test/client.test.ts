import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createLogtoUsersClient,
  LogtoApiError,
  LogtoConnectionError,
  LogtoInputError,
  LogtoResponseError,
  LogtoTimeoutError,
  type LogtoUsersClientOptions,
} from '../src/index.js';
import { user } from './user.js';

type Handler = (request: IncomingMessage & { text: string }, response: ServerResponse) => void;

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
};

const open: { server: Server; close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const { server, close } of open.splice(0)) {
    server.closeAllConnections();
    await close();
    server.close();
  }
});

const start = async (handler: Handler, options: Partial<LogtoUsersClientOptions> = {}, basePath = '') => {
  const seen: { method: string; url: string; headers: IncomingMessage['headers']; text: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, text });
    handler(Object.assign(request, { text }), response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createLogtoUsersClient({
    endpoint: `http://127.0.0.1:${port}${basePath}`,
    getAccessToken: () => 'token',
    ...options,
  });
  open.push({ server, close: client.close });
  return { client, seen, server };
};

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a request', () => {
  it('carries the token and what the operation states, and nothing else', async () => {
    const { client, seen } = await start((_, response) => json(response, 200, user));
    await client.updateUser({ userId: 'a/b ?#%', name: 'N' });
    await client.getUser({ userId: 'u1' });
    const [write, read] = seen;
    expect(write?.url).toBe('/api/users/a%2Fb%20%3F%23%25');
    expect(Object.keys(write?.headers ?? {}).sort()).toEqual([
      'accept',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
    ]);
    expect(Object.keys(read?.headers ?? {}).sort()).toEqual(['accept', 'authorization', 'connection', 'host']);
  });

  it('goes below the path of the endpoint', async () => {
    const { client, seen } = await start((_, response) => json(response, 200, user), {}, '/tenants/one/');
    await client.getUser({ userId: 'u1' });
    expect(seen[0]?.url).toBe('/tenants/one/api/users/u1');
  });

  it.each(['', '.', '..', 'a\u0000', '\ud800', 'x'.repeat(257)])(
    'with the id %j is refused and never sent',
    async (userId) => {
      const { client, seen } = await start((_, response) => json(response, 200, user));
      const error = await failure(client.deleteUser({ userId }));
      expect(error).toBeInstanceOf(LogtoInputError);
      expect(error).toMatchObject({ code: 'ERR_LOGTO_INPUT', operation: 'deleteUser', issues: [{ path: ['userId'] }] });
      expect(seen).toEqual([]);
    },
  );

  it.each(['..%2Froles', '%2e%2e', '../applications', '..;/', '..\\', '//evil', ':userId', '\u2025', '..\t'])(
    'with the id %j arrives as one segment',
    async (userId) => {
      const { client, seen } = await start((_, response) => json(response, 200, user));
      await client.getUser({ userId });
      const path = seen[0]?.url ?? '';
      expect(path.split('/')).toHaveLength(4);
      expect(decodeURIComponent(path.slice('/api/users/'.length))).toBe(userId);
    },
  );

  it('for a token named ".." takes the route that has the name in the body', async () => {
    const token = { userId: 'u1', name: 'x', value: 'pat_x', createdAt: 1, expiresAt: null };
    const { client, seen } = await start((request, response) =>
      request.method === 'POST' ? response.writeHead(204).end() : json(response, 200, token),
    );
    await client.deleteUserPersonalAccessToken({ userId: 'u1', name: '..' });
    await client.updateUserPersonalAccessToken({ userId: 'u1', name: '.', newName: 'x' });
    expect(seen.map(({ method, url, text }) => [method, url, JSON.parse(text)])).toEqual([
      ['POST', '/api/users/u1/personal-access-tokens/delete', { name: '..' }],
      ['PATCH', '/api/users/u1/personal-access-tokens', { currentName: '.', name: 'x' }],
    ]);
  });

  it('never asks for password hashes, whatever a caller passes', async () => {
    const { client, seen } = await start((_, response) => json(response, 200, [], { 'total-number': '0' }));
    const hostile = 'x&includePasswordHash=true';
    await client.listUsers({
      search: { any: { like: hostile }, username: { exact: [hostile, 'y#?'] } },
      excludeRoleId: hostile,
    });
    expect(await failure(client.getUser({ userId: 'u', includePasswordHash: true } as never))).toBeInstanceOf(
      LogtoInputError,
    );
    expect(seen).toHaveLength(1);
    expect([...new URL(seen[0]?.url ?? '', 'http://x').searchParams.keys()]).not.toContain('includePasswordHash');
  });

  it('passes custom data on as it is, __proto__ included, and refuses what JSON or the database would change', async () => {
    const { client, seen } = await start((_, response) => json(response, 200, {}));
    const customData = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":1}}');
    await client.updateUserCustomData({ userId: 'u1', customData });
    expect(seen[0]?.text).toBe('{"customData":{"__proto__":{"polluted":1},"constructor":{"prototype":1}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();

    const deep = JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`);
    for (const bad of [deep, { n: 2 ** 53 }, { n: Number.NaN }, { s: 'a\u0000' }, { s: '\udc00' }, { d: new Date() }]) {
      expect(await failure(client.updateUserCustomData({ userId: 'u1', customData: bad as never }))).toBeInstanceOf(
        LogtoInputError,
      );
    }
    expect(seen).toHaveLength(1);
  });
});

describe('a search of roles', () => {
  it('with several keys joins them by and, because or would show roles of others', async () => {
    const { client, seen } = await start((_, response) => json(response, 200, [], { 'total-number': '0' }));
    await client.listUserRoles({ userId: 'u1', search: { name: { like: '%a%' }, description: { like: '%b%' } } });
    expect(new URL(seen[0]?.url ?? '', 'http://x').searchParams.get('joint')).toBe('and');
  });
});

describe('an answer', () => {
  it('is taken with custom data that could not be sent: it may have been stored by others', async () => {
    const customData = { big: 2 ** 60, nested: JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`) };
    const { client } = await start((_, response) => json(response, 200, { ...user, customData }));
    expect((await client.getUser({ userId: 'u1' })).customData).toEqual(customData);
  });

  it('keeps fields that no schema knows', async () => {
    const { client } = await start((_, response) =>
      json(response, 200, { ...user, tenantId: 'default', new: { x: 1 } }),
    );
    expect(await client.getUser({ userId: 'u1' })).toEqual({ ...user, tenantId: 'default', new: { x: 1 } });
  });

  it.each([
    ['a 404 in plain text', 404, 'text/plain', 'Not Found'],
    ['an HTML page', 200, 'text/html', '<p>sign in</p>'],
    ['half a JSON', 200, 'application/json', '{"id":'],
    ['nothing', 200, 'application/json', ''],
    ['a user without id', 200, 'application/json', '{}'],
    ['an error page with status 502', 502, 'text/html', '<h1>Bad gateway at db.internal</h1>'],
    ['a redirect', 307, 'application/json', '{}'],
  ])('that is %s is an unreadable answer', async (_, status, type, body) => {
    const { client, seen } = await start((__, response) =>
      response
        .writeHead(status, { 'content-type': type, location: 'http://127.0.0.1:9/', 'logto-core-request-id': 'r1' })
        .end(body),
    );
    const error = await failure(client.getUser({ userId: 'u1' }));
    expect(error).toBeInstanceOf(LogtoResponseError);
    expect(error).toMatchObject({ status, operation: 'getUser', logtoRequestId: 'r1' });
    expect(String(error)).not.toContain('db.internal');
    expect(seen).toHaveLength(status === 502 ? 3 : 1);
  });

  it('longer than accepted is an unreadable answer', async () => {
    const { client } = await start((_, response) => json(response, 200, { ...user, name: 'x'.repeat(5000) }), {
      maxResponseBytes: 1000,
    });
    expect(await failure(client.getUser({ userId: 'u1' }))).toBeInstanceOf(LogtoResponseError);
  });

  it.each([
    ['in plain text', 'text/plain', 'Created'],
    ['without a body', undefined, ''],
  ])('of an older server to role writes, %s, becomes what a newer one says', async (_, type, body) => {
    const { client } = await start((request, response) =>
      response.writeHead(request.method === 'POST' ? 201 : 200, type ? { 'content-type': type } : {}).end(body),
    );
    expect(await client.assignUserRoles({ userId: 'u1', roleIds: ['r1'] })).toEqual({ roleIds: ['r1'] });
    expect(await client.replaceUserRoles({ userId: 'u1', roleIds: ['r1'] })).toEqual({ roleIds: ['r1'] });
  });

  it('that refuses tells status, code, request id and Retry-After', async () => {
    const { client } = await start((_, response) =>
      json(
        response,
        429,
        { code: 'connector.rate_limit_exceeded', message: 'Slow down' },
        { 'retry-after': '7', 'logto-core-request-id': 'abc' },
      ),
    );
    const error = await failure(client.getUser({ userId: 'u1' }));
    expect(error).toBeInstanceOf(LogtoApiError);
    expect(error).toMatchObject({
      refusal: { status: 429, code: 'connector.rate_limit_exceeded', message: 'Slow down' },
      status: 429,
      retryAfterSeconds: 7,
      logtoRequestId: 'abc',
    });
  });

  it('that limits rates is a refusal, in JSON or not', async () => {
    const { client } = await start((_, response) =>
      response.writeHead(429, { 'content-type': 'text/html' }).end('<h1>Slow down</h1>'),
    );
    expect(await failure(client.getUser({ userId: 'u1' }))).toMatchObject({
      code: 'ERR_LOGTO_API',
      refusal: { status: 429, message: 'Too many requests.' },
      retryAfterSeconds: undefined,
    });
  });

  it('pages by number: past the end is an empty page with the count', async () => {
    const { client, seen } = await start((_, response) => json(response, 200, [], { 'total-number': '41' }));
    expect(await client.listUsers({ cursor: 9, pageSize: 10 })).toEqual({
      items: [],
      totalCount: 41,
      page: 9,
      pageSize: 10,
    });
    expect(seen[0]?.url).toBe('/api/users?page=9&page_size=10');
    expect(await failure(client.listUsers({ page: 1, cursor: 2 }))).toBeInstanceOf(LogtoInputError);
  });
});

describe('a refused token', () => {
  const unauthorized = { code: 'auth.unauthorized', message: 'Unauthorized.' };

  it('is dropped, and the call repeated once with a new one', async () => {
    const tokens = ['old', 'new'];
    const rejected: string[] = [];
    const statuses: (number | undefined)[] = [];
    const { client, seen } = await start(
      (request, response) =>
        request.headers.authorization === 'Bearer new' ? json(response, 200, user) : json(response, 401, unauthorized),
      { getAccessToken: () => tokens.shift() ?? 'new', onTokenRejected: (token) => rejected.push(token) },
    );
    await client.createUser({ name: 'N' }, { onAttempt: () => ({ end: ({ status }) => statuses.push(status) }) });
    expect(rejected).toEqual(['old']);
    expect(statuses).toEqual([401, 200]);
    expect(seen.map(({ text }) => text)).toEqual(['{"name":"N"}', '{"name":"N"}']);
  });

  it('for the second time ends the call', async () => {
    const tokens = ['old', 'new', 'newest'];
    const { client, seen } = await start((_, response) => json(response, 401, unauthorized), {
      getAccessToken: () => tokens.shift() ?? '',
      onTokenRejected: () => {},
    });
    expect(await failure(client.getUser({ userId: 'u1' }))).toMatchObject({ refusal: { status: 401 } });
    expect(seen).toHaveLength(2);
  });

  it('that is the only one to be had ends the call at once', async () => {
    const { client, seen } = await start((_, response) => json(response, 401, unauthorized), {
      onTokenRejected: () => {},
    });
    expect(await failure(client.getUser({ userId: 'u1' }))).toMatchObject({ refusal: { status: 401 } });
    expect(seen).toHaveLength(1);
  });

  it('is not what a 401 of a social connector means: its code was used up, and a repetition would burn another', async () => {
    const { client, seen } = await start(
      (_, response) => json(response, 401, { code: 'connector.social_auth_code_invalid', message: 'x' }),
      { onTokenRejected: () => {} },
    );
    await failure(client.createUserIdentity({ userId: 'u1', connectorId: 'c', connectorData: {} }));
    expect(seen).toHaveLength(1);
  });
});

describe('a failing connection', () => {
  it('refused is a connection error', async () => {
    const { client, server } = await start(() => {});
    server.close();
    expect(await failure(client.getUser({ userId: 'u1' }))).toBeInstanceOf(LogtoConnectionError);
  });

  it('reset is a connection error', async () => {
    const { client } = await start((request) => request.socket.destroy());
    expect(await failure(client.getUser({ userId: 'u1' }))).toBeInstanceOf(LogtoConnectionError);
  });

  it.each([
    ['before the headers', () => {}],
    [
      'inside the body',
      (_: unknown, response: ServerResponse) =>
        response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
  ] as [string, Handler][])('silent %s is a timeout', async (_, handler) => {
    const { client } = await start(handler, { responseTimeoutMs: 50 });
    expect(await failure(client.getUser({ userId: 'u1' }))).toBeInstanceOf(LogtoTimeoutError);
  });
});

describe('the signal of a caller', () => {
  it('ends a query at once', async () => {
    const caller = new AbortController();
    const { client } = await start(() => caller.abort());
    expect(await failure(client.getUser({ userId: 'u1' }, { signal: caller.signal }))).toMatchObject({
      name: 'AbortError',
    });
  });

  it('does not end a write that was sent, so that its outcome is known', async () => {
    const caller = new AbortController();
    const { client } = await start((_, response) => {
      caller.abort();
      setTimeout(() => json(response, 200, user), 50);
    });
    expect(await client.updateUser({ userId: 'u1', name: 'N' }, { signal: caller.signal })).toEqual(user);
  });

  it('stops a write that was not sent yet', async () => {
    const caller = new AbortController();
    const { client, seen } = await start((_, response) => json(response, 200, user), {
      getAccessToken: async () => {
        caller.abort();
        return 'token';
      },
    });
    expect(await failure(client.deleteUser({ userId: 'u1' }, { signal: caller.signal }))).toMatchObject({
      name: 'AbortError',
    });
    expect(seen).toEqual([]);
  });
});

describe('the endpoint', () => {
  it.each(['ftp://x', 'https://user:secret@x', 'https://x/?a=1', 'https://x/#a'])('%s is refused', (endpoint) => {
    expect(() => createLogtoUsersClient({ endpoint, getAccessToken: () => 't' })).toThrow(TypeError);
  });
});
