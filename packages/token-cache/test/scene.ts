import { randomBytes } from 'node:crypto';
import { MANAGEMENT_API, managementApplication, type Sandbox, startSandbox } from '@users-bff/logto-sandbox';
import { afterEach, beforeEach, vi } from 'vitest';
import { createTokenCache, type TokenCache, type TokenCacheEvent, type TokenCacheOptions } from '../src/index.js';

export const SECOND = 1_000;
export const HOUR = 3_600 * SECOND;

/** Waits for what must come to be true, however busy the machine is. */
export const eventually = (check: () => unknown) => vi.waitFor(check, 20_000);

export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

export const basic = (clientSecret: string) => ({ method: 'client_secret_basic', clientSecret }) as const;

/** A key of 32 bytes, as `openssl rand -base64 32` makes it. */
export const newKey = (): string => randomBytes(32).toString('base64');

/** What a cache needs to know of a sandbox. */
export const optionsFor = (sandbox: Sandbox): TokenCacheOptions => ({
  issuer: sandbox.issuer,
  clientId: managementApplication.clientId,
  clientAuthentication: basic(managementApplication.clientSecret),
  resource: MANAGEMENT_API,
  scope: 'all',
});

/** What the API says to a token. */
export const askApi = async (sandbox: Sandbox, token: string): Promise<number> => {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${sandbox.endpoint}/api/users`, { headers })).status;
};

/** A cache that remembers what it told. */
export interface WatchedCache extends TokenCache {
  readonly events: TokenCacheEvent[];
  count(type: TokenCacheEvent['type']): number;
}

export interface Scene {
  readonly sandbox: Sandbox;
  createCache(options?: Partial<TokenCacheOptions>): WatchedCache;
  /** Moves the caches' monotonic clock; everything else goes on as it does. */
  pass(ms: number): void;
}

/** A sandbox for each test, and caches in this process whose clock stands still. */
export const useScene = (): Scene => {
  let sandbox: Sandbox;
  let caches: TokenCache[];

  beforeEach(async () => {
    // The clock alone: requests are real.
    vi.useFakeTimers({ toFake: ['performance'] });
    sandbox = await startSandbox({ port: 0, users: 3, announce: () => {} });
    caches = [];
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await Promise.all(caches.map((cache) => cache.close()));
    await sandbox.close();
  });

  return {
    get sandbox() {
      return sandbox;
    },
    createCache(options = {}) {
      const events: TokenCacheEvent[] = [];
      const cache = createTokenCache({ ...optionsFor(sandbox), onEvent: (event) => events.push(event), ...options });
      caches.push(cache);
      return { ...cache, events, count: (type) => events.filter((event) => event.type === type).length };
    },
    pass: (ms) => void vi.advanceTimersByTime(ms),
  };
};
