import { randomUUID } from 'node:crypto';
import { TokenStoreError } from '../errors.js';
import type { OnTokenCacheEvent } from '../events.js';
import type { StoredValue, TokenStore } from './store.js';

/** Long enough for a busy process, which would otherwise take a store for dead and ask for tokens of its own. */
const OPERATION_MS = 1_000;
const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 30_000;

/** A store that never fails: while it is down nothing is asked of it, and nothing waits for it. */
export interface GuardedStore {
  /** `undefined` where there is nothing, or the store is down. */
  read(key: string): Promise<StoredValue | 'unreadable' | undefined>;
  write(key: string, value: string, ttlMs: number): Promise<void>;
  /** `undefined` where the store is down. */
  lock(key: string, owner: string, ttlMs: number): Promise<boolean | undefined>;
  unlock(key: string, owner: string): Promise<void>;
  /** Ends the probing. */
  close(): void;
}

const bounded = <T>(operation: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const fail = () => reject(new TokenStoreError('unavailable', `no answer within ${OPERATION_MS} ms`));
    // A process that was busy for long finds the timer first: the answer may have arrived, and is let in before.
    const timer = setTimeout(() => setImmediate(fail), OPERATION_MS);
    operation.then(resolve, reject).finally(() => clearTimeout(timer));
  });

const describe = (error: unknown): string =>
  error instanceof TokenStoreError ? error.message : 'it threw what is no TokenStoreError';

/**
 * Guards a store. A failure takes it out of use at once; it is then tried in the background, at growing intervals,
 * until it works.
 *
 * @param onRecovery Called when it works again.
 */
export const guardStore = (store: TokenStore, emit: OnTokenCacheEvent, onRecovery: () => void): GuardedStore => {
  const prober = randomUUID();
  let isDown = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const probe = async (intervalMs: number): Promise<void> => {
    try {
      // A write, because a full store and a replica can still be read.
      await bounded(store.lock(`probe:${prober}`, prober, OPERATION_MS));
      await bounded(store.unlock(`probe:${prober}`, prober));
    } catch {
      probeAfter(Math.min(intervalMs * 2, LONGEST_PROBE_MS));
      return;
    }
    if (isClosed) return;
    isDown = false;
    emit({ type: 'store_up' });
    onRecovery();
  };
  const probeAfter = (intervalMs: number): void => {
    if (isClosed) return;
    timer = setTimeout(() => void probe(intervalMs), (intervalMs / 2) * (1 + Math.random())).unref();
  };

  const attempt = async <T>(operation: () => Promise<T>): Promise<T | undefined> => {
    if (isDown) return undefined;
    try {
      return await bounded(operation());
    } catch (error) {
      if (!isDown) {
        isDown = true;
        emit({ type: 'store_down', reason: describe(error) });
        probeAfter(FIRST_PROBE_MS);
      }
      return undefined;
    }
  };

  return {
    read: (key) =>
      attempt(() =>
        store.read(key).catch((error: unknown) => {
          if (error instanceof TokenStoreError && error.reason === 'unreadable') return 'unreadable';
          throw error;
        }),
      ),
    write: (key, value, ttlMs) => attempt(() => store.write(key, value, ttlMs)),
    lock: (key, owner, ttlMs) => attempt(() => store.lock(key, owner, ttlMs)),
    unlock: (key, owner) => attempt(() => store.unlock(key, owner)),
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
};
