import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createUsersClient, fieldErrors, isUsersError, type UsersClientOptions } from '@users-bff/trpc-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';

let world: World;
let token: string;
const requests: { url: string; headers: Headers }[] = [];

beforeAll(async () => {
  world = await startWorld({ sandbox: { users: 120 } });
  token = await world.token('users:read', 'users:write', 'users:identifiers');
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  requests.length = 0;
});

const client = (options: Partial<UsersClientOptions> = {}) =>
  createUsersClient({
    url: world.url,
    getAccessToken: () => token,
    fetch: (url, init) => {
      requests.push({ url: String(url), headers: new Headers(init?.headers) });
      return fetch(url, init);
    },
    ...options,
  });

const refused = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isUsersError(error)) throw new Error(`no error of the BFF: ${String(error)}`);
  return error;
};

describe('calls of one tick', () => {
  const list = (pageSize: number) => ({ pageSize });

  it.each([
    [20, 1],
    [45, 3],
  ])('%i make %i requests, and all are answered', async (count, expected) => {
    const { users } = client();
    const pages = await Promise.all(Array.from({ length: count }, (_, index) => users.list.query(list(index + 1))));
    expect(pages.map(({ items }) => items.length)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    expect(requests).toHaveLength(expected);
  });

  it('fail alone', async () => {
    const { users } = client();
    const results = await Promise.allSettled([
      users.get.query({ userId: 'ada000000000' }),
      users.get.query({ userId: 'nobody' }),
      users.get.query({ userId: '..' }),
      users.get.query({ userId: 'bela00000001' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(requests).toHaveLength(1);
  });

  it('go each by itself where that is wanted', async () => {
    const { users } = client({ batch: false });
    await Promise.all([users.list.query(list(1)), users.list.query(list(2))]);
    expect(requests).toHaveLength(2);
  });

  it('are answered as they are done where that is wanted', async () => {
    const { users } = client({ batch: { stream: true } });
    const answers = await Promise.allSettled([users.list.query(list(1)), users.get.query({ userId: 'nobody' })]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers.get('trpc-accept')).toBe('application/jsonl');
  });

  it('leave no input in a URL, unless that is wanted', async () => {
    const search = { primaryEmail: { like: 'ada%' } };
    await client().users.list.query({ search });
    await client({ queriesBy: 'GET' }).users.list.query({ search });
    expect(requests.map(({ url }) => decodeURIComponent(url).includes('ada%'))).toEqual([false, true]);
  });
});

describe('a refused token', () => {
  it('is replaced once, for all calls that were refused together', async () => {
    let renewals = 0;
    const { users } = client({
      batch: { maxItems: 2 },
      getAccessToken: () => 'expired',
      onUnauthorized: async () => {
        renewals += 1;
        return token;
      },
    });
    const pages = await Promise.all([1, 2, 3, 4].map((pageSize) => users.list.query({ pageSize })));
    expect(pages.map(({ items }) => items.length)).toEqual([1, 2, 3, 4]);
    expect(renewals).toBe(1);
  });

  it('is replaced for a mutation too: nothing was done yet', async () => {
    const { users } = client({ getAccessToken: () => 'expired', onUnauthorized: () => token });
    expect(await users.update.mutate({ userId: 'ada000000000', name: 'Renewed' })).toMatchObject({ name: 'Renewed' });
  });

  it.each([
    ['where the new one is refused as well', () => 'expired-too'],
    ['where there is no other', () => undefined],
    [
      'where asking for another fails',
      () => {
        throw new Error('signed out');
      },
    ],
  ])('is the error %s', async (_, onUnauthorized) => {
    const error = await refused(client({ getAccessToken: () => 'expired', onUnauthorized }).users.list.query());
    expect(error.data.code).toBe('UNAUTHORIZED');
    expect(requests.length).toBeLessThanOrEqual(2);
  });
});

describe('what passes', () => {
  /** Answers so often with a status, and then as the BFF. */
  const flaky = async (status: number, code: string, times: number, retryAfterSeconds?: number) => {
    let left = times;
    let seen = 0;
    const server = createServer(async (request, response) => {
      seen += 1;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (left > 0) {
        left -= 1;
        if (status === 0) return request.socket.destroy();
        const data = {
          code,
          httpStatus: status,
          requestId: 'r',
          ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
        };
        response.writeHead(status, { 'content-type': 'application/json' });
        return response.end(JSON.stringify({ error: { message: 'later', code: -32_603, data } }));
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ result: { data: { id: 'x' } } }));
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      seen: () => seen,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  };

  it.each([
    [503, 'SERVICE_UNAVAILABLE'],
    [504, 'GATEWAY_TIMEOUT'],
    [502, 'BAD_GATEWAY'],
    [0, 'no answer at all'],
  ])('%i is tried again for a query', async (status, code) => {
    await using server = await flaky(status, code, 2);
    expect(await client({ url: server.url, batch: false }).users.get.query({ userId: 'x' })).toEqual({ id: 'x' });
    expect(server.seen()).toBe(3);
  });

  it.each([503, 0])('%i is not tried again for a mutation', async (status) => {
    await using server = await flaky(status, 'SERVICE_UNAVAILABLE', 1);
    await expect(client({ url: server.url, batch: false }).users.delete.mutate({ userId: 'x' })).rejects.toThrow();
    expect(server.seen()).toBe(1);
  });

  it('is tried as often as was said', async () => {
    await using server = await flaky(503, 'SERVICE_UNAVAILABLE', 9);
    await refused(client({ url: server.url, batch: false, retries: 1 }).users.get.query({ userId: 'x' }));
    expect(server.seen()).toBe(2);
  });

  it('is waited for as long as the server says', async () => {
    await using server = await flaky(429, 'TOO_MANY_REQUESTS', 1, 1);
    const startedAt = performance.now();
    await client({ url: server.url, batch: false }).users.get.query({ userId: 'x' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it.each([
    ['what is told to wait long', 429, 'TOO_MANY_REQUESTS', 3_600],
    ['what is not told for how long', 429, 'TOO_MANY_REQUESTS', undefined],
    ['what will not pass', 404, 'NOT_FOUND', undefined],
  ])('%s is not waited for', async (_, status, code, seconds) => {
    await using server = await flaky(status, code, 1, seconds);
    await refused(client({ url: server.url, batch: false }).users.get.query({ userId: 'x' }));
    expect(server.seen()).toBe(1);
  });

  it('a call that is aborted while it waits ends at once', async () => {
    await using server = await flaky(429, 'TOO_MANY_REQUESTS', 1, 20);
    const stop = new AbortController();
    const call = client({ url: server.url, batch: false }).users.get.query({ userId: 'x' }, { signal: stop.signal });
    await expect.poll(server.seen).toBe(1);
    setTimeout(() => stop.abort(), 50);
    await expect(call).rejects.toThrow();
    expect(server.seen()).toBe(1);
  });
});

describe('headers', () => {
  it('of the client and of a call go along', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { users } = client({ headers: async () => ({ 'x-request-id': 'mine' }) });
    await users.list.query({ pageSize: 1 }, { context: { traceparent, tracestate: 'a=1' } });
    const [sent] = requests;
    expect(sent?.headers.get('traceparent')).toBe(traceparent);
    expect(sent?.headers.get('tracestate')).toBe('a=1');
    expect(sent?.headers.get('x-request-id')).toBe('mine');
  });
});

describe('errors for forms', () => {
  it('name the fields, whoever found them', async () => {
    const { users } = client();
    expect(fieldErrors(await refused(users.create.mutate({ username: '1', profile: { locale: '\u0000' } })))).toEqual({
      username: [expect.any(String)],
      'profile.locale': ['Must be well-formed Unicode without NUL'],
    });
    const taken = await refused(users.create.mutate({ username: 'ada_amsel' }));
    expect(taken.data.logto?.code).toBe('user.username_already_in_use');
    expect(fieldErrors(taken)).toEqual({ username: ['This username is already in use.'] });
  });

  it('are none where the error is about no field', async () => {
    expect(fieldErrors(await refused(client().users.get.query({ userId: 'nobody' })))).toEqual({});
    expect(fieldErrors(new Error('offline'))).toEqual({});
  });
});
