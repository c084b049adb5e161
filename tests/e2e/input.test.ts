import { isUsersError } from '@users-bff/trpc-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';
import { post, procedures } from './procedures.js';
import { refusal } from './users-api.js';

let world: World;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  token = await world.token(
    'users:read',
    'users:write',
    'users:delete',
    'users:credentials',
    'users:roles',
    'users:identifiers',
  );
});

beforeEach(() => world.sandbox.forgetRequests());

afterAll(() => world[Symbol.asyncDispose]());

describe('an input that does not fit', () => {
  it('is BAD_REQUEST with the issues by field, and is not sent', async () => {
    const error = await refusal(
      world.client().users.create.mutate({ username: 'a-b', primaryEmail: 'nope', nope: 1 } as never),
    );
    expect(error.data.code).toBe('BAD_REQUEST');
    expect(error.message).toBe('The input is invalid.');
    expect(error.data.issues?.map(({ path }) => path.join('.')).sort()).toEqual(['', 'primaryEmail', 'username']);
    expect(error.data.issues?.some(({ message }) => message.includes('"nope"'))).toBe(true);
    expect(error.data.logto).toBeUndefined();
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it.each(procedures.map((row) => [row.name, row] as const))(
    'with an unknown key is refused by %s',
    async (name, { input }) => {
      const { error } = await post(world.url, name, { ...input, includePasswordHash: true }, token);
      expect(error?.data).toMatchObject({
        code: 'BAD_REQUEST',
        issues: [{ message: expect.stringContaining('includePasswordHash') }],
      });
      expect(world.sandbox.apiRequests).toEqual([]);
    },
  );

  const hostile = ['', '.', '..', 'a\u0000b', '\ud800', 'x'.repeat(300), 5, null, {}, ['a']];
  const withUser = procedures.filter(({ input }) => 'userId' in input);
  it.each(withUser.map((row) => [row.name, row] as const))(
    'as the user id of %s is refused, and not sent',
    async (name, { input }) => {
      for (const userId of hostile) {
        const { error } = await post(world.url, name, { ...input, userId }, token);
        expect(error?.data, JSON.stringify(userId)).toMatchObject({ code: 'BAD_REQUEST', issues: expect.any(Array) });
      }
      expect(world.sandbox.apiRequests).toEqual([]);
    },
  );

  it('never shows a value that was sent', async () => {
    const { text } = await post(
      world.url,
      'users.password.update',
      { userId: 'u', password: { needle: 'needle' } },
      token,
    );
    const other = await post(
      world.url,
      'users.mfaVerifications.create',
      { userId: 'u', type: 'needle', secret: ['needle'] },
      token,
    );
    expect(text + other.text).not.toContain('needle');
  });
});

describe('a malformed request', () => {
  it.each([
    ['no JSON', 'users.create', '{"a":', 'BAD_REQUEST', 400],
    ['an unknown procedure', 'users.nothing', '{}', 'NOT_FOUND', 404],
    [
      'a batch of 21 calls',
      `${Array.from({ length: 21 }, () => 'session.whoami').join(',')}?batch=1`,
      '{}',
      'BAD_REQUEST',
      400,
    ],
    ['a body beyond 256 kB', 'users.create', JSON.stringify({ name: 'x'.repeat(300_000) }), 'PAYLOAD_TOO_LARGE', 413],
  ])('with %s is answered in the one shape, without a stack', async (_, name, body, code, status) => {
    const reply = await post(world.url, name, body, token);
    expect(reply.status).toBe(status);
    const error = reply.error ?? JSON.parse(reply.text)[0].error;
    expect(error.data).toMatchObject({ code, httpStatus: status, requestId: expect.any(String) });
    expect(error.data).not.toHaveProperty('stack');
    expect(reply.text).not.toMatch(/node_modules|\.js:|at /);
  });

  it.each([
    ['a form', 'POST', 'application/x-www-form-urlencoded', 'a=b', 415],
    ['a form of several parts', 'POST', 'multipart/form-data; boundary=x', '--x--', 415],
    ['plain text', 'POST', 'text/plain', '{}', 415],
    ['bytes', 'POST', 'application/octet-stream', 'x', 415],
    ['JSON by another name', 'POST', 'application/jsonx', '{}', 415],
    ['PUT', 'PUT', 'application/json', '{}', 405],
    ['DELETE', 'DELETE', 'application/json', '{}', 405],
    ['OPTIONS', 'OPTIONS', 'application/json', undefined, 405],
  ])('that is %s is no call', async (_, method, type, body, status) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const response = await fetch(`${world.url}/users.create`, { method, headers, ...(body !== undefined && { body }) });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { data: { httpStatus: status, requestId: response.headers.get('x-request-id') } },
    });
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it.each(['%E0%A4%A', 'users.list?batch=1&input=nonsense', 'any/thing/session.whoami', 'toString', 'users.__proto__'])(
    'to %s is refused with the id of the request',
    async (path) => {
      const response = await fetch(`${world.url}/${path}`, {
        headers: { authorization: `Bearer ${token}`, 'x-request-id': 'r-1' },
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      const reply: unknown = await response.json();
      expect([reply].flat()[0]).toMatchObject({ error: { data: { requestId: 'r-1' } } });
    },
  );

  it('by GET cannot run a mutation', async () => {
    const input = encodeURIComponent(JSON.stringify({ userId: 'nobody000000' }));
    const response = await fetch(`${world.url}/users.delete?input=${input}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(405);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('beside tRPC is 404 in the one shape', async () => {
    const response = await fetch(`${world.server.url}/nowhere`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { data: { code: 'NOT_FOUND' } } });
  });

  it('answers carry no product name and are not stored', async () => {
    const { headers } = await post(world.url, 'session.whoami', '{}', token);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('the client', () => {
  it('sends 20 calls of one tick as one request, and 45 as three', async () => {
    const client = world.client('users:read');
    await client.session.whoami.query();
    const lines = () =>
      new Set(
        world.log
          .map((line) => JSON.parse(line))
          .filter(({ msg }) => msg === 'call')
          .map(({ requestId }) => requestId),
      ).size;
    let before = lines();
    await Promise.all(Array.from({ length: 20 }, () => client.session.whoami.query()));
    expect(lines() - before).toBe(1);
    before = lines();
    await Promise.all(Array.from({ length: 45 }, () => client.session.whoami.query()));
    expect(lines() - before).toBe(3);
  });

  it('tells errors of the BFF from those of the network', async () => {
    const { createUsersClient } = await import('@users-bff/trpc-client');
    const nowhere = createUsersClient({ url: 'http://127.0.0.1:9/trpc', getAccessToken: () => 'x' });
    const error = await nowhere.session.whoami.query().catch((reason: unknown) => reason);
    expect(isUsersError(error)).toBe(false);
    expect(isUsersError(new Error('x'))).toBe(false);
    const wrong = createUsersClient({ url: world.url, getAccessToken: () => 'x' });
    expect((await refusal(wrong.session.whoami.query())).data.code).toBe('UNAUTHORIZED');
  });
});
