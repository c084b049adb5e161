import { powerlessApplication } from '@users-bff/logto-sandbox';
import { describe, expect, it } from 'vitest';
import { type TokenCacheEvent, TokenError } from '../src/index.js';
import { basic, eventually, failure, HOUR, SECOND, useScene } from './scene.js';

const scene = useScene();

const status = (code: number, headers: Record<string, string> = {}, body?: unknown) =>
  ({ kind: 'status', status: code, headers, body }) as const;

const pauses = (events: readonly TokenCacheEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'failure' ? [event.pauseMs] : []));

describe('a failure', () => {
  it.each([
    ['a wrong secret', { clientAuthentication: basic('wrong') }, 'refused', 'invalid_client'],
    ['an unknown client', { clientId: 'nobody' }, 'refused', 'invalid_client'],
    ['an unknown resource', { resource: 'https://nowhere.example' }, 'refused', 'invalid_target'],
    [
      'a scope that is not granted',
      { clientId: powerlessApplication.clientId, clientAuthentication: basic(powerlessApplication.clientSecret) },
      'refused',
      'invalid_scope',
    ],
    ['an issuer that is not there', { issuer: 'http://127.0.0.1:9/oidc' }, 'unreachable', undefined],
    ['a token endpoint that is not there', { tokenEndpoint: 'http://127.0.0.1:9/token' }, 'unreachable', undefined],
  ])('by %s is typed, and holds no secret', async (_, options, reason, oauthError) => {
    const error = await failure(scene.createCache(options).getToken());
    expect(error).toBeInstanceOf(TokenError);
    expect(error).toMatchObject({ code: 'ERR_TOKEN', reason, oauthError, retryAfterSeconds: expect.any(Number) });
    expect(JSON.stringify({ ...(error as object), text: String(error) })).not.toContain('secret-for-development');
  });

  it('by an issuer that calls itself otherwise says so', async () => {
    const issuer = scene.sandbox.issuer.replace('127.0.0.1', 'localhost');
    const error = await failure(scene.createCache({ issuer }).getToken());
    expect(error).toMatchObject({ reason: 'refused', message: expect.stringContaining('another issuer') });
  });

  it.each([
    ['500', status(500), 'unreachable'],
    ['502 in HTML', status(502, {}, '<h1>Bad gateway</h1>'), 'unreachable'],
    ['429', status(429), 'unreachable'],
    ['503 as an OAuth error', status(503, {}, { error: 'temporarily_unavailable' }), 'unreachable'],
    ['403 in HTML', status(403, {}, '<h1>Blocked</h1>'), 'unreadable'],
    ['a redirect', status(307, { location: 'http://127.0.0.1:9/' }), 'unreadable'],
    ['half a JSON', { kind: 'garbage' }, 'unreadable'],
    ['a reset', { kind: 'reset' }, 'unreachable'],
    ['a token without life', status(200, {}, { access_token: 't', token_type: 'Bearer', expires_in: 0 }), 'unreadable'],
    [
      'a token of negative life',
      status(200, {}, { access_token: 't', token_type: 'Bearer', expires_in: -1 }),
      'unreadable',
    ],
    ['a life in words', status(200, {}, { access_token: 't', token_type: 'Bearer', expires_in: 'soon' }), 'unreadable'],
    ['no token', status(200, {}, { token_type: 'Bearer', expires_in: 60 }), 'unreadable'],
    [
      'a token of another type',
      status(200, {}, { access_token: 't', token_type: 'mac', expires_in: 60 }),
      'unreadable',
    ],
    ['a bound token', status(200, {}, { access_token: 't', token_type: 'DPoP', expires_in: 60 }), 'unreadable'],
  ] as const)('of the token endpoint (%s) is typed, and heals by itself', async (_, fault, reason) => {
    const cache = scene.createCache();
    scene.sandbox.failNext(1, fault, 'token');
    expect(await failure(cache.getToken())).toMatchObject({ code: 'ERR_TOKEN', reason });
    scene.pass(SECOND);
    expect(await cache.getToken()).toEqual(expect.any(String));
  });

  it('by silence ends in time', async () => {
    const cache = scene.createCache({ timeoutMs: 300 });
    scene.sandbox.failNext(1, { kind: 'hang' }, 'token');
    expect(await failure(cache.getToken())).toMatchObject({ reason: 'unreachable' });
  });

  it('by an echo of the secret does not carry it on', async () => {
    const cache = scene.createCache();
    scene.sandbox.failNext(1, status(400, {}, { error: 'the Secret was sandbox-m2m-secret' }), 'token');
    const error = (await failure(cache.getToken())) as TokenError;
    expect(error).toMatchObject({ reason: 'refused', oauthError: undefined });
    expect(`${error.message} ${error.cause}`).not.toContain('sandbox-m2m-secret');
  });

  it('in the configuration shows at once', () => {
    const create = (options: object) => () => void scene.createCache(options);
    expect(create({ issuer: 'http://logto.example/oidc' })).toThrow(TypeError);
    expect(create({ issuer: 'nonsense' })).toThrow(TypeError);
    expect(create({ tokenEndpoint: 'http://logto.example/oidc/token' })).toThrow(TypeError);
    expect(create({ issuer: 'http://logto.example/oidc', allowInsecureHttp: true })).not.toThrow();
  });
});

describe('after a failure', () => {
  it('callers fail at once, for as long as the error says, and one request ends it', async () => {
    const cache = scene.createCache();
    scene.sandbox.failNext(1_000, status(500), 'token');
    await failure(cache.getToken());
    const errors = await Promise.all(Array.from({ length: 200 }, () => failure(cache.getToken())));
    for (const error of errors) expect(error).toMatchObject({ reason: 'unreachable', retryAfterSeconds: 1 });
    expect(scene.sandbox.tokenRequests).toHaveLength(1);
    scene.sandbox.stopFailing();
    scene.pass(SECOND);
    await Promise.all(Array.from({ length: 200 }, () => cache.getToken()));
    expect(scene.sandbox.tokenRequests).toHaveLength(2);
  });

  it('the pauses double up to half a minute, and a success ends the row', async () => {
    const cache = scene.createCache();
    scene.sandbox.failNext(9, status(500), 'token');
    for (let count = 1; count <= 9; count += 1) {
      await failure(cache.getToken());
      scene.pass(30 * SECOND);
    }
    const longest = [0.5, 1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => seconds * SECOND);
    for (const [index, pause] of pauses(cache.events).entries()) {
      expect(pause).toBeGreaterThanOrEqual((longest[index] ?? 0) / 2);
      expect(pause).toBeLessThanOrEqual(longest[index] ?? 0);
    }
    expect(pauses(cache.events)).toHaveLength(9);
    await cache.getToken();
    scene.pass(HOUR);
    scene.sandbox.failNext(1, status(500), 'token');
    await failure(cache.getToken());
    expect(cache.events.at(-1)).toMatchObject({ type: 'failure', count: 1 });
  });

  it('ten seconds of outage cost no more than six requests', async () => {
    const cache = scene.createCache();
    scene.sandbox.failNext(1_000, status(500), 'token');
    for (let ms = 0; ms < 10 * SECOND; ms += 50) {
      await failure(cache.getToken());
      scene.pass(50);
    }
    expect(scene.sandbox.tokenRequests.length).toBeGreaterThan(3);
    expect(scene.sandbox.tokenRequests.length).toBeLessThanOrEqual(6);
  });

  it('a token in hand is given out, and the endpoint is left alone all the same', async () => {
    const cache = scene.createCache();
    const first = await cache.getToken();
    scene.pass(0.86 * HOUR);
    scene.sandbox.forgetRequests();
    scene.sandbox.failNext(1_000, status(500), 'token');
    for (let ms = 0; ms < 10 * SECOND; ms += 50) {
      expect(await cache.getToken()).toBe(first);
      await new Promise(setImmediate);
      scene.pass(50);
    }
    await eventually(() => expect(scene.sandbox.tokenRequests.length).toBeGreaterThan(1));
    expect(scene.sandbox.tokenRequests.length).toBeLessThanOrEqual(6);
  });

  it.each([
    ['seconds', () => '7', 7],
    ['a date', () => new Date(Date.now() + 9_000).toUTCString(), 9],
    ['more than is reasonable', () => '86400', 300],
    ['words', () => 'later', 1],
    ['a negative number', () => '-5', 1],
  ])('Retry-After in %s is obeyed as far as it makes sense', async (_, value, seconds) => {
    const cache = scene.createCache();
    scene.sandbox.failNext(1, status(503, { 'retry-after': value() }), 'token');
    const error = (await failure(cache.getToken())) as TokenError;
    expect(Math.abs((error.retryAfterSeconds ?? 0) - seconds)).toBeLessThanOrEqual(1);
    scene.pass(Math.max(0, seconds - 2) * SECOND);
    if (seconds > 1) expect(await failure(cache.getToken())).toBeInstanceOf(TokenError);
    scene.pass(3 * SECOND);
    expect(await cache.getToken()).toEqual(expect.any(String));
  });

  it('what trying again does not mend is left alone for a minute', async () => {
    const cache = scene.createCache({ clientAuthentication: basic('wrong') });
    expect(await failure(cache.getToken())).toMatchObject({ reason: 'refused', retryAfterSeconds: 60 });
    scene.pass(59 * SECOND);
    expect(await failure(cache.getToken())).toMatchObject({ reason: 'refused', retryAfterSeconds: 1 });
    expect(scene.sandbox.tokenRequests).toHaveLength(1);
    scene.pass(2 * SECOND);
    await failure(cache.getToken());
    expect(scene.sandbox.tokenRequests).toHaveLength(2);
  });
});
