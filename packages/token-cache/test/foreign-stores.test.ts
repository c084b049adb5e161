import { describe, expect, it } from 'vitest';
import { createMemoryStore, type TokenStore, TokenStoreError } from '../src/index.js';
import { eventually, useScene } from './scene.js';

const scene = useScene();

/** A store of somebody else's, that can be broken. */
const createStore = () => {
  const memory = createMemoryStore();
  const seen: string[] = [];
  const state: { fail?: (() => Promise<never>) | undefined } = {};
  const through =
    <Args extends [string, ...unknown[]], T>(name: string, act: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> => {
      if (!args[0].startsWith('probe:')) seen.push(name);
      return state.fail ? state.fail() : act(...args);
    };
  const store: TokenStore = {
    read: through('read', memory.read),
    write: through('write', memory.write),
    lock: through('lock', memory.lock),
    unlock: through('unlock', memory.unlock),
  };
  return { store, seen, state };
};

describe('a store of one’s own', () => {
  it('shares a token between caches', async () => {
    const { store } = createStore();
    const [one, two] = [scene.createCache({ store }), scene.createCache({ store })];
    expect(await one.getToken()).toBe(await two.getToken());
    expect(scene.sandbox.tokenRequests).toHaveLength(1);
    expect(two.count('shared_hit')).toBe(1);
  });

  it('is not asked for a call that finds a token in memory', async () => {
    const { store, seen } = createStore();
    const cache = scene.createCache({ store });
    await cache.getToken();
    await eventually(() => expect(seen.at(-1)).toBe('unlock'));
    const asked = seen.length;
    for (let call = 0; call < 100; call += 1) await cache.getToken();
    expect(seen).toHaveLength(asked);
  });

  it.each<[string, () => Promise<never>, string]>([
    ['hangs', () => new Promise(() => {}), 'no answer within 1000 ms'],
    ['fails', () => Promise.reject(new TokenStoreError('unavailable', 'out of order')), 'out of order'],
    ['throws a secret', () => Promise.reject(new Error('SET key hunter2')), 'it threw what is no TokenStoreError'],
  ])('that %s is asked once, then left alone until it works', async (_, fail, reason) => {
    const { store, seen, state } = createStore();
    state.fail = fail;
    const cache = scene.createCache({ store });
    for (let round = 0; round < 3; round += 1) cache.invalidate(await cache.getToken());
    expect(seen).toEqual(['read']);
    expect(cache.events.filter(({ type }) => type === 'store_down')).toEqual([{ type: 'store_down', reason }]);
    state.fail = undefined;
    await eventually(() => expect(cache.count('store_up')).toBe(1));
    // What it missed is told to it.
    await eventually(() => expect(seen.at(-1)).toBe('write'));
    expect(await scene.createCache({ store }).getToken()).toBe(await cache.getToken());
  });
});
