import { randomUUID } from 'node:crypto';
import type { GuardedStore } from './guarded-store.js';

/** The right to ask, among processes. It saves requests, and no more: two tokens are both valid. */
export interface Lease {
  release(): Promise<void>;
}

/**
 * Takes the lease and prolongs it until it is released; it ends by itself when its holder dies. Where the store is
 * down there is nobody to share with, and everyone has it.
 *
 * @returns `undefined` while another holds it.
 */
export const takeLease = async (store: GuardedStore, key: string, leaseMs: number): Promise<Lease | undefined> => {
  const owner = randomUUID();
  const isTaken = await store.lock(key, owner, leaseMs);
  if (isTaken === false) return undefined;
  if (isTaken === undefined) return { release: async () => {} };
  const prolonging = setInterval(() => void store.lock(key, owner, leaseMs), leaseMs / 3).unref();
  return {
    release: async () => {
      clearInterval(prolonging);
      await store.unlock(key, owner);
    },
  };
};
