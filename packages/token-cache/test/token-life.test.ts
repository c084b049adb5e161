import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { askApi, eventually, failure, HOUR, SECOND, useScene } from './scene.js';

const scene = useScene();

const issued = (fields: Record<string, unknown>) =>
  ({ kind: 'status', status: 200, body: { access_token: 'opaque', token_type: 'Bearer', ...fields } }) as const;

const jwt = (claims: Record<string, unknown>): string => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES384', typ: 'JWT' })}.${part(claims)}.signature`;
};

describe('a token', () => {
  it('is asked for once by 200 cold callers, and is good', async () => {
    const cache = scene.createCache();
    const tokens = await Promise.all(Array.from({ length: 200 }, () => cache.getToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(scene.sandbox.tokenRequests).toHaveLength(1);
    expect(await askApi(scene.sandbox, tokens[0] ?? '')).toBe(200);
  });

  it('is renewed in the background past four fifths of its life, while callers go on with the old one', async () => {
    const cache = scene.createCache();
    const first = await cache.getToken();
    scene.pass(0.79 * HOUR);
    expect(await cache.getToken()).toBe(first);
    await setTimeout(100);
    expect(scene.sandbox.tokenRequests).toHaveLength(1);
    scene.pass(0.07 * HOUR);
    expect(await cache.getToken()).toBe(first);
    await eventually(async () => expect(await cache.getToken()).not.toBe(first));
    expect(scene.sandbox.tokenRequests).toHaveLength(2);
    expect(cache.count('wait')).toBe(1);
  });

  it('is not handed out in the last tenth of its life: callers wait for the new one', async () => {
    const cache = scene.createCache();
    const first = await cache.getToken();
    scene.pass(0.91 * HOUR);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => cache.getToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(first);
    expect(scene.sandbox.tokenRequests).toHaveLength(2);
  });

  it.each([
    [1, 0.48],
    [3, 0.64],
    [10, 0.86],
    [30, 0.86],
    [300, 0.86],
  ])('of %i s is renewed before callers have to wait', async (life, share) => {
    scene.sandbox.accessTokenTtlSeconds = life;
    const cache = scene.createCache();
    const first = await cache.getToken();
    scene.pass(life * SECOND * share);
    expect(await cache.getToken()).toBe(first);
    await eventually(() => expect(scene.sandbox.tokenRequests).toHaveLength(2));
  });

  it('is renewed at a moment that differs from process to process', async () => {
    const caches = Array.from({ length: 20 }, () => scene.createCache());
    await Promise.all(caches.map((cache) => cache.getToken()));
    scene.pass(0.825 * HOUR);
    await Promise.all(caches.map((cache) => cache.getToken()));
    const renewing = caches.map((cache) => eventually(() => expect(cache.count('refresh')).toBe(2)));
    await Promise.race(renewing);
    await setTimeout(500);
    const renewed = caches.filter((cache) => cache.count('refresh') === 2).length;
    // All on one side of the middle: once in a hundred thousand runs.
    expect(renewed).toBeGreaterThan(0);
    expect(renewed).toBeLessThan(20);
    scene.pass(0.025 * HOUR);
    await Promise.all(caches.map((cache) => cache.getToken()));
    await Promise.all(renewing);
  });

  it('that is still valid survives a failing renewal', async () => {
    const cache = scene.createCache();
    const first = await cache.getToken();
    scene.pass(0.86 * HOUR);
    scene.sandbox.failNext(1, { kind: 'status', status: 500 }, 'token');
    expect(await cache.getToken()).toBe(first);
    await eventually(() => expect(cache.count('failure')).toBe(1));
    expect(await cache.getToken()).toBe(first);
  });
});

describe('the life of a token', () => {
  it('is taken from the token where the answer does not tell it', async () => {
    const cache = scene.createCache();
    const accessToken = jwt({ iat: 1_000_000, exp: 1_000_100, scope: 'all' });
    scene.sandbox.failNext(1, issued({ access_token: accessToken }), 'token');
    expect(await cache.getToken()).toBe(accessToken);
    expect(cache.events).toContainEqual(expect.objectContaining({ lifeMs: 100 * SECOND, isLifeKnown: true }));
  });

  it('is a minute where nobody tells it, and that is told', async () => {
    const cache = scene.createCache();
    scene.sandbox.failNext(1, issued({ scope: 'all' }), 'token');
    expect(await cache.getToken()).toBe('opaque');
    expect(cache.events).toContainEqual(expect.objectContaining({ lifeMs: 60 * SECOND, isLifeKnown: false }));
    scene.pass(55 * SECOND);
    expect(await cache.getToken()).not.toBe('opaque');
  });

  it('may be written as a string', async () => {
    const cache = scene.createCache();
    scene.sandbox.failNext(1, issued({ scope: 'all', expires_in: '3600' }), 'token');
    await cache.getToken();
    expect(cache.events).toContainEqual(expect.objectContaining({ lifeMs: HOUR }));
  });

  it('is counted from before the request', async () => {
    scene.sandbox.accessTokenTtlSeconds = 100;
    scene.sandbox.latencyMs = 300;
    const cache = scene.createCache();
    const pending = cache.getToken();
    await eventually(() => expect(scene.sandbox.tokenRequests).toHaveLength(1));
    scene.pass(89 * SECOND);
    const first = await pending;
    scene.sandbox.latencyMs = 0;
    scene.pass(2 * SECOND);
    expect(await cache.getToken()).not.toBe(first);
  });

  it.each<[string, number, [number, number, number]]>([
    ['forward by two hours, as by a machine that slept', 2 * HOUR, [2, 3, 3]],
    ['back by two hours', -2 * HOUR, [1, 2, 3]],
  ])('is not stretched by a clock that is turned %s', async (_, shiftMs, [turned, nearTheEnd, turnedAgain]) => {
    const cache = scene.createCache();
    await cache.getToken();
    const now = Date.now.bind(Date);
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + shiftMs);
    await Promise.all(Array.from({ length: 50 }, () => cache.getToken()));
    await cache.getToken();
    expect(scene.sandbox.tokenRequests).toHaveLength(turned);
    scene.pass(0.95 * HOUR);
    await cache.getToken();
    expect(scene.sandbox.tokenRequests).toHaveLength(nearTheEnd);
    clock.mockRestore();
    await Promise.all(Array.from({ length: 50 }, () => cache.getToken()));
    expect(scene.sandbox.tokenRequests).toHaveLength(turnedAgain);
  });
});

describe('a caller who leaves', () => {
  it('does not end the request for the others', async () => {
    scene.sandbox.latencyMs = 50;
    const cache = scene.createCache();
    const leaver = new AbortController();
    const left = failure(cache.getToken({ signal: leaver.signal }));
    const stayed = cache.getToken();
    leaver.abort();
    expect(await left).toMatchObject({ name: 'AbortError' });
    expect(await stayed).toEqual(expect.any(String));
    expect(scene.sandbox.tokenRequests).toHaveLength(1);
  });

  it('before the call asks for nothing, and leaves no failure behind that nobody handles', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const cache = scene.createCache();
    scene.sandbox.failNext(1, { kind: 'status', status: 500 }, 'token');
    expect(await failure(cache.getToken({ signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
    await setTimeout(200);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(scene.sandbox.requests).toEqual([]);
  });
});

describe('a closed cache', () => {
  it('ends what waits, and gives out nothing more', async () => {
    const cache = scene.createCache();
    scene.sandbox.failNext(1, { kind: 'hang' }, 'token');
    const waiting = failure(cache.getToken());
    await eventually(() => expect(scene.sandbox.tokenRequests).toHaveLength(1));
    await cache.close();
    expect(await waiting).toMatchObject({ message: 'the token cache is closed' });
    expect(await failure(cache.getToken())).toMatchObject({ message: 'the token cache is closed' });
  });

  it('forgets its token', async () => {
    const cache = scene.createCache();
    await cache.getToken();
    await cache.close();
    expect(await failure(cache.getToken())).toMatchObject({ message: 'the token cache is closed' });
  });
});
