import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';

let world: World;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  token = await world.token('users:read', 'users:write');
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.sandbox.forgetRequests());

/** Sends bytes as they are; resolves to all that comes back. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
    let answer = '';
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.write(text);
  });

const authorization = () => `authorization: Bearer ${token}`;

describe('a request that two servers could read differently', () => {
  it.each([
    ['of two lengths', 'content-length: 2\r\ncontent-length: 3\r\n\r\n{}x'],
    ['of a length and chunks', 'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['with a space before the colon', 'transfer-encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['with a folded header', 'x-a: 1\r\n 2\r\ncontent-length: 2\r\n\r\n{}'],
    ['with a bare line feed', 'content-length: 2\nx-a: 1\r\n\r\n{}'],
    ['with an unknown encoding', 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ])('%s is 400, and reaches nothing', async (_, rest) => {
    const answer = await raw(
      `POST /trpc/users.update HTTP/1.1\r\nhost: 127.0.0.1\r\n${authorization()}\r\ncontent-type: application/json\r\n${rest}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|501) /);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('without a host is 400', async () => {
    expect(await raw(`GET /trpc/users.list HTTP/1.1\r\n${authorization()}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('for another host by its whole URL is answered as any other, or refused', async () => {
    const answer = await raw(
      `GET http://evil.example/trpc/users.list HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${authorization()}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (200|4\d\d) /);
    for (const { headers } of world.sandbox.apiRequests)
      expect(headers.host).toBe(new URL(world.sandbox.endpoint).host);
  });

  it('by CONNECT or TRACE is not served', async () => {
    expect(
      await raw(`TRACE /trpc HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${authorization()}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 405 /);
  });

  it('of many pipelined is answered in order', async () => {
    const one = `GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
    const last = one.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n');
    const answer = await raw(one.repeat(99) + last);
    expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(100);
  });
});

describe('what a caller says in headers', () => {
  it.each([
    'x-forwarded-user',
    'x_forwarded_user',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-uri',
    'forwarded',
    'x-original-url',
    'x-rewrite-url',
    'x-http-method-override',
    'development-user-id',
    'cookie',
    'baggage',
    'x-real-ip',
  ])('by %s changes nothing, and does not arrive at Logto', async (name) => {
    const headers = { authorization: `Bearer ${token}`, [name]: 'users.delete' };
    const response = await fetch(`${world.url}/session.whoami`, { headers });
    expect(await response.json()).toMatchObject({ result: { data: { subject: 'caller' } } });
    await fetch(`${world.url}/users.list`, { headers });
    expect(world.sandbox.apiRequests).toHaveLength(1);
    const [sent] = world.sandbox.apiRequests;
    expect(sent?.url).toBe('/api/users');
    expect(Object.keys(sent?.headers ?? {})).not.toContain(name);
  });
});

it('B8 a page whose name was made to point here is refused', async () => {
  const answer = await raw('GET /healthz HTTP/1.1\r\nhost: evil.example:3000\r\nconnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
});
