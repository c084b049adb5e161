import { TokenError } from './errors.js';
import type { OnTokenCacheEvent } from './events.js';
import { factsOf, type HeldToken, hold, isFresh, isStillGood, isUsable } from './renewal/held-token.js';
import { createRefusedTokens } from './renewal/refused-tokens.js';
import { createTokenRequest, DEFAULT_TIMEOUT_MS, type TokenRequestOptions } from './request/request-token.js';
import { cacheKey } from './sharing/cache-key.js';
import { guardStore } from './sharing/guarded-store.js';
import { createMemoryStore } from './sharing/memory-store.js';
import type { TokenStore } from './sharing/store.js';
import { createTokenSource, type Wanted } from './sharing/token-source.js';

/** How to make a cache. */
export interface TokenCacheOptions extends TokenRequestOptions {
  /**
   * Where the token is shared with other processes: all caches with the same store, issuer, client, resource, scope
   * and parameters have one token. Whoever makes the store closes it. Default: process memory.
   */
  store?: TokenStore;
  /** Milliseconds after which another process takes over from one that died while it asked. Default 3,000. */
  leaseMs?: number;
  /** Told what happens, for metrics and logs. */
  onEvent?: OnTokenCacheEvent;
}

/** One client-credentials token, shared by all callers. */
export interface TokenCache {
  /**
   * A usable access token. From memory where there is one; otherwise all callers, in all processes that share the
   * store, wait for one request.
   *
   * @param options.signal Ends this caller's wait; the request goes on for the others.
   * @throws {@link TokenError} where no token can be had.
   */
  getToken(options?: { signal?: AbortSignal }): Promise<string>;
  /**
   * Drops a token that the API refused (RFC 6750, section 3.1: `invalid_token`). Any other token, such as its
   * successor, stays. A token that took the place of a refused one stays too for its first 30 seconds: where new
   * tokens are refused, newer ones do not help.
   */
  invalidate(accessToken: string): void;
  /** Ends what goes on in the background. Calls that wait reject, and later ones as well. */
  close(): Promise<void>;
}

const DEFAULT_LEASE_MS = 3_000;
const KEEP_REPLACEMENT_MS = 30_000;

const untilAborted = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
};

/** A failure that is remembered until the authorization server is asked again. */
interface Pause {
  readonly error: TokenError;
  readonly count: number;
  /** Milliseconds of `performance.now()`. */
  readonly until: number;
}

const toError = ({ error: { reason, message, oauthError, cause }, until }: Pause): TokenError => {
  const retryAfterSeconds = Math.max(Math.ceil((until - performance.now()) / 1_000), 1);
  return new TokenError(reason, message, { oauthError, retryAfterSeconds, cause });
};

/**
 * Makes a cache of one client-credentials token. The first call asks for it; calls at the same time share that
 * request. It is renewed ahead of its expiry, and a renewal that fails is not noticed while the old token holds.
 *
 * @throws TypeError for an issuer or token endpoint that is no URL, or plain http beyond the loopback address unless
 * that is allowed.
 */
export const createTokenCache = (options: TokenCacheOptions): TokenCache => {
  const { leaseMs = DEFAULT_LEASE_MS, timeoutMs = DEFAULT_TIMEOUT_MS, onEvent } = options;
  const closing = new AbortController();
  const refused = createRefusedTokens();
  let current: HeldToken | undefined;
  let pause: Pause | undefined;
  let flight: Promise<HeldToken> | undefined;
  let isRejected = false;

  const emit: OnTokenCacheEvent = (event) => {
    try {
      onEvent?.(event);
    } catch {
      // An observer's fault is not the callers'.
    }
  };
  const store = guardStore(options.store ?? createMemoryStore(), emit, () => {
    if (current && isUsable(current, performance.now())) source.publish(factsOf(current));
  });
  const source = createTokenSource({
    key: cacheKey(options),
    store,
    requestToken: createTokenRequest(options),
    emit,
    leaseMs,
    patienceMs: 2 * timeoutMs + leaseMs,
    signal: closing.signal,
  });

  const wanted = (): Wanted => {
    const isAhead = current !== undefined && isUsable(current, performance.now());
    return {
      cause: isAhead ? 'ahead' : isRejected ? 'rejected' : 'empty',
      accepts: (token) => (isAhead ? isFresh(token) : isStillGood(token)) && !refused.has(token.accessToken),
      failures: pause?.count ?? 0,
    };
  };

  const obtain = async (): Promise<HeldToken> => {
    const startedAt = performance.now();
    const outcome = await source.obtain(wanted()).finally(() => closing.signal.throwIfAborted());
    if (!outcome.token) {
      const { error, count, pauseMs, ageMs } = outcome.failure;
      pause = { error, count, until: performance.now() + pauseMs - ageMs };
      throw toError(pause);
    }
    const { accessToken, lifeMs, ageMs } = outcome.token;
    if (outcome.isIssued) refused.delete(accessToken);
    else emit({ type: 'shared_hit', durationMs: performance.now() - startedAt, remainingMs: lifeMs - ageMs });
    current = hold(outcome.token);
    pause = undefined;
    isRejected = false;
    return current;
  };

  const renew = (): Promise<HeldToken> => {
    flight ??= obtain().finally(() => {
      flight = undefined;
    });
    return flight;
  };

  const isPaused = (): boolean => pause !== undefined && performance.now() < pause.until;

  const waitForToken = async (signal: AbortSignal | undefined): Promise<string> => {
    closing.signal.throwIfAborted();
    // Before the request: one that nobody waits for would fail unhandled.
    signal?.throwIfAborted();
    if (pause && isPaused()) throw toError(pause);
    const startedAt = performance.now();
    const { accessToken } = await untilAborted(renew(), signal);
    emit({ type: 'wait', durationMs: performance.now() - startedAt });
    return accessToken;
  };

  return {
    getToken(wish) {
      const now = performance.now();
      if (!current || !isUsable(current, now)) return waitForToken(wish?.signal);
      if (now >= current.renewAt && !isPaused()) renew().catch(() => {});
      if (onEvent) emit({ type: 'hit' });
      return current.promise;
    },
    invalidate(accessToken) {
      if (current?.accessToken !== accessToken) return;
      const isKept = current.isReplacement && factsOf(current).ageMs < KEEP_REPLACEMENT_MS;
      emit({ type: 'rejected', isReplaced: !isKept });
      if (isKept) return;
      refused.add(accessToken);
      current = undefined;
      isRejected = true;
    },
    async close() {
      current = undefined;
      closing.abort(new Error('the token cache is closed'));
      store.close();
      await flight?.catch(() => {});
      await source.settled();
    },
  };
};
