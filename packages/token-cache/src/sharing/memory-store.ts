import type { StoredValue, TokenStore } from './store.js';

/** Makes a store for the caches of one process. It is the default, and empty at the start. */
export const createMemoryStore = (): TokenStore => {
  const entries = new Map<string, { value: string; goneAt: number; goneAtDate: number }>();

  /** By the clock that has gone further, as with tokens: after a sleep the monotonic one knows nothing of it. */
  const live = (key: string): StoredValue | undefined => {
    const entry = entries.get(key);
    if (!entry) return undefined;
    const remainingMs = Math.min(entry.goneAt - performance.now(), entry.goneAtDate - Date.now());
    if (remainingMs > 0) return { value: entry.value, remainingMs };
    entries.delete(key);
    return undefined;
  };
  const set = (key: string, value: string, ttlMs: number) =>
    void entries.set(key, { value, goneAt: performance.now() + ttlMs, goneAtDate: Date.now() + ttlMs });

  return {
    read: async (key) => live(key),
    write: async (key, value, ttlMs) => set(key, value, ttlMs),
    lock: async (key, owner, ttlMs) => {
      const isFree = (live(key)?.value ?? owner) === owner;
      if (isFree) set(key, owner, ttlMs);
      return isFree;
    },
    unlock: async (key, owner) => {
      if (live(key)?.value === owner) entries.delete(key);
    },
  };
};
