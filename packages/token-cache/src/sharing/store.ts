/** What a store holds under a key. */
export interface StoredValue {
  readonly value: string;
  /** Milliseconds until it is gone, by the store's own clock: those of its users may differ. */
  readonly remainingMs: number;
}

/**
 * Where processes share a token. Everything may fail or take long: the cache bounds each call by a second, and goes on
 * in process memory. Nothing may be thrown but {@link TokenStoreError}: other messages might hold what was written.
 */
export interface TokenStore {
  /** Value and remaining time together, as of one moment; `undefined` where there is none. */
  read(key: string): Promise<StoredValue | undefined>;
  /** Replaces what is there. It is gone after `ttlMs` milliseconds. */
  write(key: string, value: string, ttlMs: number): Promise<void>;
  /**
   * Takes or prolongs a lease: true where nobody holds `key`, or `owner` does. It ends by itself after `ttlMs`
   * milliseconds. Must be atomic.
   */
  lock(key: string, owner: string, ttlMs: number): Promise<boolean>;
  /** Gives the lease back, if `owner` holds it. Must be atomic. */
  unlock(key: string, owner: string): Promise<void>;
}
