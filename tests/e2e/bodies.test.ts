import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';
import { post } from './procedures.js';

let world: World;
let token: string;
let userId: string;

beforeAll(async () => {
  world = await startWorld();
  token = await world.token('users:read', 'users:write', 'users:identifiers', 'users:credentials');
  userId = [...world.sandbox.store.users.values()].find(({ username }) => username === 'ada_amsel')?.id ?? '';
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.sandbox.forgetRequests());

const customData = (json: string) =>
  post(world.url, 'users.customData.update', `{"userId":"${userId}","customData":${json}}`, token);
const stored = () => world.sandbox.store.users.get(userId)?.customData;

describe('D1 names that mean something to JavaScript', () => {
  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"a":{"__proto__":{"polluted":1}}}',
    '{"a":[{"__proto__":{"polluted":1}}]}',
    '{"prototype":1,"toString":2,"hasOwnProperty":3}',
  ])('%s travel as data, or are refused, and change no object', async (json) => {
    const { status } = await customData(json);
    expect([200, 400]).toContain(status);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
    if (status === 200) {
      // It leaves this server; Logto itself drops the first of these at the top.
      const [first = ''] = Object.keys(JSON.parse(json));
      if (first !== '__proto__') expect(Object.hasOwn(stored() ?? {}, first)).toBe(true);
    } else {
      expect(world.sandbox.apiRequests).toEqual([]);
    }
  });

  it.each(['__proto__', 'constructor', 'prototype'])('%s is no key of an input', async (key) => {
    const { status, error } = await post(world.url, 'users.update', `{"userId":"${userId}","${key}":{}}`, token);
    expect(status).toBe(400);
    expect(error?.data.code).toBe('BAD_REQUEST');
    expect(world.sandbox.apiRequests).toEqual([]);
  });
});

describe('D2 sizes', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

  it.each([65, 5_000, 20_000])('a depth of %i is BAD_REQUEST, by POST', async (depth) => {
    const { status, error } = await customData(nested(depth));
    expect(status).toBe(400);
    expect(error?.data.requestId).toEqual(expect.any(String));
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('a depth of 1,000 is BAD_REQUEST, by GET', async () => {
    const response = await fetch(`${world.url}/users.get?input=${encodeURIComponent('['.repeat(1_000))}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(400);
  });

  it('a depth of 60 is none', async () => {
    expect((await customData(nested(60))).status).toBe(200);
  });

  it('300 kB are 413, at once and in pieces without an end', async () => {
    expect((await customData(`{"a":"${'x'.repeat(300_000)}"}`)).status).toBe(413);
    const { port } = new URL(world.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      const timer = setInterval(() => socket.writable && socket.write(chunk), 1);
      socket.once('data', (data) => {
        clearInterval(timer);
        socket.destroy();
        resolve(String(data));
      });
      socket.on('error', () => {});
      socket.write(
        `POST /trpc/users.update HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('a URL of 9,000 characters is 413', async () => {
    const response = await fetch(`${world.url}/users.get?input=${'x'.repeat(9_000)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(413);
  });
});

describe('D3 values that would arrive as others', () => {
  it.each([
    ['9007199254740993'],
    ['-9007199254740993'],
    ['1e999'],
    ['-1e999'],
    ['123456789012345678901234567890'],
    ['"a\\u0000b"'],
    ['"\\ud800"'],
    ['"\\udc00\\ud800"'],
  ])('%s is BAD_REQUEST', async (value) => {
    const { status } = await customData(`{"a":${value}}`);
    expect(status).toBe(400);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['-0.5e-3', -0.0005],
    ['"9007199254740993"', '9007199254740993'],
    ['"1e999 [{"', '1e999 [{'],
    ['"\\\\\\""', '\\"'],
  ])('%s is none of them', async (text, value) => {
    expect((await customData(`{"a":${text}}`)).status).toBe(200);
    expect(stored()).toMatchObject({ a: value });
  });

  it('a key that comes twice counts as it came last, and goes on once', async () => {
    const { status } = await post(
      world.url,
      'users.update',
      `{"userId":"${userId}","name":"First","name":"Last"}`,
      token,
    );
    expect(status).toBe(200);
    expect(world.sandbox.store.users.get(userId)?.name).toBe('Last');
  });
});

describe('D6 a body that is no UTF-8', () => {
  it('is BAD_REQUEST, rather than text with other characters in it', async () => {
    const body = Buffer.concat([
      Buffer.from(`{"userId":"${userId}","name":"`),
      Buffer.from([0xff, 0xc0, 0xaf]),
      Buffer.from('"}'),
    ]);
    const response = await fetch(`${world.url}/users.update`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
    expect(world.sandbox.apiRequests).toEqual([]);
  });
});

describe('D4 a key that an input does not have', () => {
  it.each(['id', 'isSuspended', 'roleIds', 'passwordEncrypted', 'tenantId', 'lastSignInAt', 'x'.repeat(1_000)])(
    '%s is BAD_REQUEST and names it, shortened',
    async (key) => {
      const { status, text } = await post(world.url, 'users.update', { userId, [key]: true }, token);
      expect(status).toBe(400);
      expect(text.length).toBeLessThan(1_000);
      expect(world.sandbox.apiRequests).toEqual([]);
    },
  );
});

describe('D5 a batch', () => {
  const batch = (names: string[], body: unknown) => post(world.url, `${names.join(',')}?batch=1`, body, token);
  const one = { userId: 'nobody000000' };

  it('judges each call alone', async () => {
    const names = ['users.update', 'users.delete', 'users.update', 'users.update'];
    const { status, text } = await batch(names, {
      0: { userId, name: 'Good' },
      1: one,
      2: { userId, name: 7 },
      3: { ...one, name: 'x' },
    });
    expect(status).toBe(207);
    const codes = JSON.parse(text).map((part: { error?: { data: { code: string } } }) => part.error?.data.code ?? 'ok');
    expect(codes).toEqual(['ok', 'FORBIDDEN', 'BAD_REQUEST', 'NOT_FOUND']);
  });

  it.each([
    ['without inputs', {}],
    ['with a list', [one]],
    ['with other keys', { a: one }],
    ['with null', null],
    ['with text', 'x'],
  ])('%s is answered cleanly', async (_, body) => {
    const { status } = await batch(['users.update', 'users.update'], body);
    expect([207, 400]).toContain(status);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('of 21 calls, or of commas, is refused whole', async () => {
    expect((await batch(Array(21).fill('users.update'), {})).status).toBe(400);
    expect((await batch(Array(5_000).fill(''), {})).status).toBe(400);
    expect(world.sandbox.apiRequests).toEqual([]);
  });
});
