import { setTimeout } from 'node:timers/promises';
import {
  MANAGEMENT_API,
  managementApplication,
  powerlessApplication,
  type Sandbox,
  startSandbox,
} from '@users-bff/logto-sandbox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTokenCache, TokenError, type TokenRequestOptions } from '../src/index.js';

const HOUR = 3_600_000;

/** Waits for what must come to be true, however busy the machine is. */
const eventually = (check: () => unknown) => vi.waitFor(check, 20_000);

let sandbox: Sandbox;

beforeEach(async () => {
  // The clock alone: requests are real.
  vi.useFakeTimers({ toFake: ['performance'] });
  sandbox = await startSandbox({ port: 0, users: 3, announce: () => {} });
});

afterEach(async () => {
  vi.useRealTimers();
  await sandbox.close();
});

const create = (options: Partial<TokenRequestOptions> = {}) =>
  createTokenCache({
    issuer: sandbox.issuer,
    clientId: managementApplication.clientId,
    clientSecret: managementApplication.clientSecret,
    resource: MANAGEMENT_API,
    scope: 'all',
    ...options,
  });

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const listUsers = async (token: string): Promise<number> => {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${sandbox.endpoint}/api/users`, { headers })).status;
};

describe('a token', () => {
  it('is asked for once by 200 cold callers, and is good', async () => {
    const cache = create();
    const tokens = await Promise.all(Array.from({ length: 200 }, () => cache.getToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(sandbox.tokenRequests).toHaveLength(1);
    expect(await listUsers(tokens[0] ?? '')).toBe(200);
  });

  it('is renewed in the background past three quarters of its life, while callers go on with the old one', async () => {
    const cache = create();
    const first = await cache.getToken();
    vi.advanceTimersByTime(0.74 * HOUR);
    expect(await cache.getToken()).toBe(first);
    await setTimeout(100);
    expect(sandbox.tokenRequests).toHaveLength(1);
    vi.advanceTimersByTime(0.12 * HOUR);
    expect(await cache.getToken()).toBe(first);
    await eventually(async () => expect(await cache.getToken()).not.toBe(first));
    expect(sandbox.tokenRequests).toHaveLength(2);
  });

  it('is not handed out near its end: callers wait for the new one', async () => {
    const cache = create();
    const first = await cache.getToken();
    vi.advanceTimersByTime(0.91 * HOUR);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => cache.getToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(first);
    expect(sandbox.tokenRequests).toHaveLength(2);
  });

  it.each([
    [1, 0.73],
    [10, 0.73],
    [30, 0.73],
    [300, 0.78],
  ])('of %i s is renewed before callers have to wait', async (life, share) => {
    sandbox.accessTokenTtlSeconds = life;
    const cache = create();
    const first = await cache.getToken();
    vi.advanceTimersByTime(life * 1_000 * share);
    expect(await cache.getToken()).toBe(first);
    await eventually(() => expect(sandbox.tokenRequests).toHaveLength(2));
  });

  it('that is invalidated is asked for anew, once for all who saw it refused', async () => {
    const cache = create();
    const first = await cache.getToken();
    sandbox.revokeTokens();
    for (let late = 0; late < 50; late += 1) cache.invalidate(first);
    const [second] = await Promise.all([cache.getToken(), cache.getToken()]);
    for (let late = 0; late < 50; late += 1) cache.invalidate(first);
    expect(second).not.toBe(first);
    expect(await cache.getToken()).toBe(second);
    expect(sandbox.tokenRequests).toHaveLength(2);
  });

  it('that is still valid survives a failing renewal', async () => {
    const cache = create();
    const first = await cache.getToken();
    vi.advanceTimersByTime(0.86 * HOUR);
    sandbox.failNext(1, { kind: 'status', status: 500 }, 'token');
    expect(await cache.getToken()).toBe(first);
    await eventually(() => expect(sandbox.tokenRequests).toHaveLength(2));
    expect(await cache.getToken()).toBe(first);
  });
});

describe('a caller who leaves', () => {
  it('does not end the request for the others', async () => {
    sandbox.latencyMs = 50;
    const cache = create();
    const leaver = new AbortController();
    const left = failure(cache.getToken({ signal: leaver.signal }));
    const stayed = cache.getToken();
    leaver.abort();
    expect(await left).toMatchObject({ name: 'AbortError' });
    expect(await stayed).toEqual(expect.any(String));
    expect(sandbox.tokenRequests).toHaveLength(1);
  });
});

describe('a caller who has left already', () => {
  it('asks for nothing, and leaves no failure behind that nobody handles', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    sandbox.failNext(1, { kind: 'status', status: 500 }, 'token');
    expect(await failure(create().getToken({ signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
    await setTimeout(200);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(sandbox.requests).toEqual([]);
  });
});

describe('a failure', () => {
  it.each([
    ['a wrong secret', { clientSecret: 'wrong' }, 'refused', 'invalid_client'],
    ['an unknown client', { clientId: 'nobody' }, 'refused', 'invalid_client'],
    ['an unknown resource', { resource: 'https://nowhere.example' }, 'refused', 'invalid_target'],
    [
      'a scope that is not granted',
      { clientId: powerlessApplication.clientId, clientSecret: powerlessApplication.clientSecret },
      'refused',
      'invalid_scope',
    ],
    ['an issuer that is not there', { issuer: 'http://127.0.0.1:9/oidc' }, 'unreachable', undefined],
  ])('by %s is typed, and holds no secret', async (_, options, reason, oauthError) => {
    const error = await failure(create(options).getToken());
    expect(error).toBeInstanceOf(TokenError);
    expect(error).toMatchObject({ code: 'ERR_TOKEN', reason, oauthError });
    expect(JSON.stringify({ ...(error as object), text: String(error) })).not.toContain('secret-for-development');
  });

  it('by an issuer that calls itself otherwise says so', async () => {
    const error = await failure(create({ issuer: sandbox.issuer.replace('127.0.0.1', 'localhost') }).getToken());
    expect(error).toMatchObject({ reason: 'refused', message: expect.stringContaining('another issuer') });
  });

  it.each([
    ['500', { kind: 'status', status: 500 }, 'unreachable'],
    ['502 in HTML', { kind: 'status', status: 502, body: '<h1>Bad gateway</h1>' }, 'unreachable'],
    ['429', { kind: 'status', status: 429 }, 'unreachable'],
    ['half a JSON', { kind: 'garbage' }, 'unreadable'],
    ['a reset', { kind: 'reset' }, 'unreachable'],
    [
      'a token without life',
      { kind: 'status', status: 200, body: { access_token: 't', token_type: 'Bearer', expires_in: 0 } },
      'unreadable',
    ],
    ['no token', { kind: 'status', status: 200, body: { token_type: 'Bearer', expires_in: 60 } }, 'unreadable'],
  ] as const)('of the token endpoint (%s) is typed, and the next call heals', async (_, fault, reason) => {
    const cache = create();
    sandbox.failNext(1, fault, 'token');
    expect(await failure(cache.getToken())).toMatchObject({ code: 'ERR_TOKEN', reason });
    expect(await cache.getToken()).toEqual(expect.any(String));
  });

  it('by silence ends in time', async () => {
    const cache = create({ timeoutMs: 100 });
    await cache.getToken();
    const silent = create({ timeoutMs: 300 });
    sandbox.failNext(1, { kind: 'hang' }, 'token');
    expect(await failure(silent.getToken())).toMatchObject({ reason: 'unreachable' });
  });

  it('in the configuration shows at once', () => {
    expect(() => create({ issuer: 'http://logto.example/oidc' })).toThrow(TypeError);
    expect(() => create({ issuer: 'http://logto.example/oidc', allowInsecureHttp: true })).not.toThrow();
  });
});
