import { permissions } from '@users-bff/bff';
import type { Fault } from '@users-bff/logto-sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWorld, type World } from '../world.js';
import { calm, post, procedures } from './procedures.js';

let world: World;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  token = await world.token('users:read', 'users:write', 'users:delete', 'users:credentials', 'users:roles');
});

afterAll(() => world[Symbol.asyncDispose]());

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status,
  body,
  headers,
});

const claims = { payload: { sub: 'sandbox-m2m', jti: 'needle' } };

/** What Logto does, and what the caller must be told. */
const faults: [
  string,
  Fault,
  { code: string; status: number; logto?: object; retryAfter?: string; isRepeated?: boolean; isPassing?: boolean },
][] = [
  [
    '401 to every token',
    json(401, { code: 'auth.unauthorized', message: 'Unauthorized.', data: claims }),
    {
      code: 'BAD_GATEWAY',
      status: 502,
      logto: { status: 401, code: 'auth.unauthorized', message: 'Unauthorized.' },
      isRepeated: true,
    },
  ],
  [
    '403',
    json(403, { code: 'auth.forbidden', message: 'Forbidden.', data: claims }),
    { code: 'BAD_GATEWAY', status: 502, logto: { status: 403, code: 'auth.forbidden', message: 'Forbidden.' } },
  ],
  [
    '409',
    json(409, { code: 'entity.conflict', message: 'Conflict.' }),
    { code: 'CONFLICT', status: 409, logto: { status: 409, code: 'entity.conflict', message: 'Conflict.' } },
  ],
  [
    '429',
    json(429, { code: 'auth.exceed', message: 'Slow down.' }, { 'retry-after': '70' }),
    {
      code: 'TOO_MANY_REQUESTS',
      status: 429,
      logto: { status: 429, code: 'auth.exceed', message: 'Slow down.' },
      retryAfter: '70',
    },
  ],
  [
    '500',
    json(500, { message: 'needle in a stack' }),
    { code: 'BAD_GATEWAY', status: 502, logto: { status: 500, message: 'Logto failed.' } },
  ],
  ['502 in HTML', json(502, '<h1>needle</h1>'), { code: 'BAD_GATEWAY', status: 502, isPassing: true }],
  [
    '404 in plain text',
    json(404, 'Not Found needle', { 'content-type': 'text/plain' }),
    { code: 'BAD_GATEWAY', status: 502 },
  ],
  ['a redirect', json(307, {}, { location: 'http://127.0.0.1:9/' }), { code: 'BAD_GATEWAY', status: 502 }],
  ['garbage', { kind: 'garbage' }, { code: 'BAD_GATEWAY', status: 502 }],
  ['another shape', json(200, { needle: 1 }), { code: 'BAD_GATEWAY', status: 502 }],
  ['a reset', { kind: 'reset' }, { code: 'SERVICE_UNAVAILABLE', status: 503, isPassing: true }],
];

describe.each(faults)('Logto answering %s', (title, fault, expected) => {
  // An answer of custom data or of nothing has no shape that could be another.
  const shapeless = ['users.customData.get', 'users.customData.update', 'users.profile.update'];
  const rows = procedures.filter(({ name }) => title !== 'another shape' || !shapeless.includes(name));

  it.each(rows.map((row) => [row.name, row] as const))(`is ${expected.code} to %s`, async (name, { input, kind }) => {
    await calm(world, token);
    // Of these faults queries are sent again, twice; the replacement of roles begins with one.
    const isReading = expected.isPassing && (kind === 'query' || name === 'users.roles.replace');
    world.sandbox.failNext(expected.isRepeated ? 2 : isReading ? 3 : 1, fault);
    const { status, headers, error, text } = await post(world.url, name, input, token);
    expect(error?.data.code).toBe(expected.code);
    expect(status).toBe(expected.status);
    expect(error?.data['logto']).toEqual(expected.logto);
    expect(headers.get('retry-after')).toBe(expected.retryAfter ?? null);
    expect(headers.get('www-authenticate')).toBeNull();
    expect(text).not.toContain('needle');
    expect(text).not.toContain(world.sandbox.endpoint);
    // Not repeated either while the token has just been renewed.
    if (expected.isRepeated) expect(world.sandbox.apiRequests.length).toBeLessThanOrEqual(2);
    else expect(world.sandbox.apiRequests).toHaveLength(isReading ? 3 : 1);
    world.sandbox.stopFailing();
  });
});

it('Logto not answering at all is GATEWAY_TIMEOUT to every procedure', async () => {
  await using slow = await startWorld({ environment: { LOGTO_TIMEOUT_MS: '1000' } });
  const caller = await slow.token(...permissions);
  await calm(slow, caller, 60);
  slow.sandbox.failNext(procedures.length, { kind: 'hang' });
  const replies = await Promise.all(procedures.map(({ name, input }) => post(slow.url, name, input, caller)));
  expect(replies.map(({ status, error }) => [status, error?.data.code])).toEqual(
    procedures.map(() => [504, 'GATEWAY_TIMEOUT']),
  );
  expect(slow.sandbox.apiRequests).toHaveLength(procedures.length);
});

describe('the token endpoint', () => {
  it.each([
    ['failing', { kind: 'status', status: 500 }, 'SERVICE_UNAVAILABLE', '1'],
    ['answering garbage', { kind: 'garbage' }, 'BAD_GATEWAY', '1'],
    ['breaking off', { kind: 'reset' }, 'SERVICE_UNAVAILABLE', '1'],
    [
      'failing with Retry-After',
      { kind: 'status', status: 503, headers: { 'retry-after': '2' } },
      'SERVICE_UNAVAILABLE',
      '2',
    ],
  ] as const)(
    '%s: a call from cold is told, readiness says no, and both heal by themselves',
    async (_, fault, code, retryAfter) => {
      await using cold = await startWorld({ before: (sandbox) => sandbox.failNext(1, fault, 'token') });
      const caller = await cold.token('users:read');
      const { error, headers } = await post(cold.url, 'users.get', { userId: 'nobody000000' }, caller);
      expect(error?.data.code).toBe(code);
      expect(headers.get('www-authenticate')).toBeNull();
      expect(headers.get('retry-after')).toBe(retryAfter);
      expect((await fetch(`${cold.server.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${cold.server.url}/healthz`)).status).toBe(200);
      await vi.waitFor(async () => expect((await fetch(`${cold.server.url}/readyz`)).status).toBe(200), 20_000);
    },
  );

  it('refusing the client: a call is told, and it is not asked again for a while', async () => {
    await using cold = await startWorld({ environment: { LOGTO_APP_SECRET: 'mistyped' } });
    const caller = await cold.token('users:read');
    cold.sandbox.forgetRequests();
    for (let call = 0; call < 3; call += 1) {
      const { error, text } = await post(cold.url, 'users.get', { userId: 'nobody000000' }, caller);
      expect(error?.data.code).toBe('BAD_GATEWAY');
      expect(text).not.toContain('mistyped');
    }
    // It was when the server started.
    expect(cold.sandbox.tokenRequests).toHaveLength(0);
    expect(cold.log.filter((line) => line.includes('its answer is final'))).toHaveLength(1);
    expect(cold.log.join()).toContain('invalid_client');
    expect(cold.log.join()).not.toContain('mistyped');
  });

  it('giving a token without the scope "all" makes the server not ready, and calls fail as ours', async () => {
    await using powerless = await startWorld({
      environment: {
        LOGTO_APP_ID: 'sandbox-powerless',
        LOGTO_APP_SECRET: 'sandbox-powerless-secret-for-development-only',
      },
    });
    expect((await fetch(`${powerless.server.url}/readyz`)).status).toBe(503);
    expect(powerless.log.join()).toContain('was not granted');
    const { error } = await post(powerless.url, 'users.list', {}, await powerless.token('users:read'));
    expect(error?.data.code).toBe('BAD_GATEWAY');
  });
});

describe('no connection', () => {
  it('is SERVICE_UNAVAILABLE', async () => {
    await using gone = await startWorld();
    const caller = await gone.token('users:read');
    await post(gone.url, 'users.list', {}, caller);
    await gone.sandbox.close();
    const { error } = await post(gone.url, 'users.get', { userId: 'x' }, caller);
    expect(error?.data.code).toBe('SERVICE_UNAVAILABLE');
  });
});
