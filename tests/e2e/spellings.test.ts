import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';

let world: World;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  token = await world.token('users:read');
});
afterAll(() => world[Symbol.asyncDispose]());

/** Sends a target as it is: `fetch` would tidy it up. */
const get = (target: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number | undefined; headers: object; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(world.url);
    request({ hostname, port, path: target, headers }, async (response) => {
      resolve({ status: response.statusCode, headers: response.headers, body: await text(response) });
    })
      .on('error', reject)
      .end();
  });

// Plain calls are answered before Express, the others in it: both doors have the same lock.
describe('however a path is spelled', () => {
  const targets = [
    '/trpc/session.whoami',
    '/trpc/session.whoami?',
    '/trpc/session.whoami#part',
    '/trpc/session.whoami?batch=1&batch=1',
    '/TRPC/session.whoami',
    '/Trpc/session.whoami',
    '/trpc//session.whoami',
    '//trpc/session.whoami',
    '/./trpc/session.whoami',
    '/%74rpc/session.whoami',
    '/trpc/session%2Ewhoami',
    '/trpc',
    '/trpc/',
    'http://users-bff.example/trpc/session.whoami',
  ];

  it.each(targets)('%s is answered to nobody without a token', async (target) => {
    for (const authorization of [undefined, 'Bearer nonsense', 'Basic YTpi']) {
      const { status, headers, body } = await get(target, authorization === undefined ? {} : { authorization });
      expect(status, body).toBe(401);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    }
  });

  it.each(targets)('%s has the headers of all answers with one', async (target) => {
    const { status, headers } = await get(target, { authorization: `Bearer ${token}` });
    expect(status).not.toBe(500);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('a procedure that takes no input is asked by POST without a body too', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const { status } = await fetch(`${world.url}/session.whoami`, { method: 'POST', headers });
    expect(status).toBe(200);
  });

  it('a call by either door is the same call', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const answers = await Promise.all(['/trpc', '/TRPC'].map((path) => get(`${path}/session.whoami`, headers)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.body).toBe(answers[1]?.body);
  });
});
