import { describe, expect, it } from 'vitest';
import { failure, SECOND, useScene } from './scene.js';

const scene = useScene();

describe('a refused token', () => {
  it('is asked for anew, once for all who saw it refused', async () => {
    const cache = scene.createCache();
    const first = await cache.getToken();
    for (let late = 0; late < 50; late += 1) cache.invalidate(first);
    const [second] = await Promise.all([cache.getToken(), cache.getToken()]);
    for (let late = 0; late < 50; late += 1) cache.invalidate(first);
    expect(second).not.toBe(first);
    expect(await cache.getToken()).toBe(second);
    expect(scene.sandbox.tokenRequests).toHaveLength(2);
    expect(cache.events).toContainEqual(expect.objectContaining({ type: 'refresh', cause: 'rejected' }));
  });

  it('that this cache never had changes nothing', async () => {
    const cache = scene.createCache();
    const first = await cache.getToken();
    cache.invalidate('another');
    expect(await cache.getToken()).toBe(first);
    expect(cache.count('rejected')).toBe(0);
  });

  it('is not given out for want of a new one', async () => {
    const cache = scene.createCache();
    cache.invalidate(await cache.getToken());
    scene.sandbox.failNext(1, { kind: 'status', status: 500 }, 'token');
    expect(await failure(cache.getToken())).toMatchObject({ reason: 'unreachable' });
  });

  it('is taken again where the issuer insists on it', async () => {
    const cache = scene.createCache();
    const body = { access_token: 'the-same', token_type: 'Bearer', scope: 'all', expires_in: 3_600 };
    scene.sandbox.failNext(2, { kind: 'status', status: 200, body }, 'token');
    cache.invalidate(await cache.getToken());
    expect(await cache.getToken()).toBe('the-same');
    expect(await cache.getToken()).toBe('the-same');
    expect(scene.sandbox.tokenRequests).toHaveLength(2);
  });
});

describe('where every token is refused', () => {
  it('a replacement is kept for half a minute, and then replaced once more', async () => {
    const cache = scene.createCache();
    cache.invalidate(await cache.getToken());
    const second = await cache.getToken();
    for (let seconds = 0; seconds < 29; seconds += 1) {
      cache.invalidate(second);
      expect(await cache.getToken()).toBe(second);
      scene.pass(SECOND);
    }
    expect(scene.sandbox.tokenRequests).toHaveLength(2);
    expect(cache.events.at(-2)).toMatchObject({ type: 'rejected', isReplaced: false });
    scene.pass(2 * SECOND);
    cache.invalidate(second);
    expect(await cache.getToken()).not.toBe(second);
    expect(scene.sandbox.tokenRequests).toHaveLength(3);
  });
});
