import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';

const ADMIN = 'https://admin.example.com';

let world: World;
let token: string;

beforeAll(async () => {
  world = await startWorld({ environment: { CORS_ORIGINS: ADMIN } });
  token = await world.token('users:read', 'users:write');
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.sandbox.forgetRequests());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Unlike `fetch` it sends any header. */
const send = (method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(`${world.server.url}${path}`, { method, headers }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode, headers: response.headers }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const authorized = (headers: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...headers });

describe('B1 what a page can send across sites without asking', () => {
  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'userId=x'],
    ['text', 'text/plain', '{"userId":"nobody000000","name":"x"}'],
    [
      'a form with files',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="userId"\r\n\r\nx\r\n--b--',
    ],
    ['bytes', 'application/octet-stream', '{}'],
    ['JSON of another kind', 'application/jsonx', '{}'],
    ['JSON in another encoding', 'application/json; charset=utf-16', '{}'],
    ['several types', 'text/plain, application/json', '{}'],
  ])('%s is 415, and reaches nothing', async (_, type, body) => {
    const { status } = await send('POST', '/trpc/users.update', authorized({ 'content-type': type }), body);
    expect(status).toBe(415);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('nothing at all is 415', async () => {
    expect((await send('POST', '/trpc/users.update', authorized())).status).toBe(415);
  });

  it('a compressed body is 415', async () => {
    const headers = authorized({ 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect((await send('POST', '/trpc/users.update', headers, 'x')).status).toBe(415);
  });

  it('a mutation by GET is 405, alone, in a batch and overridden', async () => {
    const input = encodeURIComponent(JSON.stringify({ 0: { userId: 'nobody000000', name: 'x' } }));
    for (const path of [
      '/trpc/users.update?input=%7B%7D',
      `/trpc/users.update?batch=1&input=${input}`,
      '/trpc/users.update?_method=POST',
    ]) {
      const headers = authorized({ 'x-http-method-override': 'POST' });
      expect((await send('GET', path, headers)).status, path).toBe(405);
    }
    expect(world.sandbox.apiRequests).toEqual([]);
  });
});

describe('B3 a page of another origin', () => {
  it.each([
    'https://evil.example',
    'null',
    `${ADMIN}.evil.example`,
    'https://sub.admin.example.com',
    'https://admin.example.com:8443',
    'http://admin.example.com',
    'https://ADMIN.example.com',
    'https://evil.example#admin.example.com',
  ])('%s is refused, and told nothing', async (origin) => {
    const headers = authorized({ origin });
    for (const [method, path] of [
      ['GET', '/trpc/users.list'],
      ['OPTIONS', '/trpc/users.list'],
    ] as const) {
      const answer = await send(method, path, { ...headers, 'access-control-request-method': 'POST' });
      expect(answer.status).toBe(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('is refused where none is on the list, and a page of the server itself is not', async () => {
    await using closed = await startWorld();
    const ask = (origin: string) =>
      fetch(`${closed.url}/session.whoami`, { headers: { origin, authorization: `Bearer ${token}` } });
    expect((await ask(ADMIN)).status).toBe(403);
    expect((await ask(closed.server.url)).status).toBe(401);
  });
});

describe('B4 a page on the list', () => {
  it('asks before it calls, without a token, and reaches nothing by asking', async () => {
    const answer = await send('OPTIONS', '/trpc/users.update', {
      origin: ADMIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ADMIN,
      'access-control-allow-methods': 'GET,POST',
      vary: expect.stringContaining('Origin'),
    });
    expect(String(answer.headers['access-control-allow-headers'])).toContain('authorization');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(world.sandbox.requests).toEqual([]);
  });

  it('calls, and reads the answer', async () => {
    const answer = await send('GET', '/trpc/users.list', authorized({ origin: ADMIN }));
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(ADMIN);
  });
});

describe('B9 every answer', () => {
  it.each([
    ['/healthz', {}, 200],
    ['/trpc/users.list', {}, 401],
    ['/trpc/session.whoami', { authorization: '' }, 401],
    ['/nothing', {}, 401],
  ])('of %s says what a browser may do with it', async (path, headers, status) => {
    const answer = await send('GET', path, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.headers['server']).toBeUndefined();
  });
});
