import { expect, it } from 'vitest';
import { failure, HOUR, useScene } from './scene.js';

const scene = useScene();

it('events tell what happened, and no token', async () => {
  const cache = scene.createCache();
  scene.sandbox.failNext(1, { kind: 'status', status: 500 }, 'token');
  await failure(cache.getToken());
  scene.pass(1_000);
  const token = await cache.getToken();
  await cache.getToken();
  cache.invalidate(token);
  await cache.getToken();
  expect(cache.events).toEqual([
    {
      type: 'failure',
      error: expect.objectContaining({ reason: 'unreachable' }),
      count: 1,
      pauseMs: expect.any(Number),
    },
    { type: 'refresh', cause: 'empty', durationMs: expect.any(Number), lifeMs: HOUR, isLifeKnown: true },
    { type: 'wait', durationMs: expect.any(Number) },
    { type: 'hit' },
    { type: 'rejected', isReplaced: true },
    { type: 'refresh', cause: 'rejected', durationMs: expect.any(Number), lifeMs: HOUR, isLifeKnown: true },
    { type: 'wait', durationMs: expect.any(Number) },
  ]);
  expect(JSON.stringify(cache.events)).not.toContain(token);
});

it('an observer that throws harms nobody', async () => {
  const cache = scene.createCache({
    onEvent: () => {
      throw new Error('broken observer');
    },
  });
  expect(await cache.getToken()).toBe(await cache.getToken());
});
