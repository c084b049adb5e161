import { createTokenRequest, type IssuedToken, type TokenRequestOptions } from './request-token.js';

/** One client-credentials token, shared by all callers in this process. */
export interface TokenCache {
  /**
   * A usable access token. From memory where there is one; otherwise all callers wait for one request.
   *
   * @param options.signal Ends this caller's wait; the request goes on for the others.
   * @throws {@link TokenError} where no token can be had.
   */
  getToken(options?: { signal?: AbortSignal }): Promise<string>;
  /** Drops a token that was refused. Any other token, such as its successor, stays. */
  invalidate(accessToken: string): void;
}

/** When a token is renewed, in milliseconds of `performance.now()`. */
interface Held {
  readonly accessToken: string;
  /** From here on it is renewed while callers go on with it. */
  readonly renewAt: number;
  /** From here on callers wait for the new one. */
  readonly staleAt: number;
}

/** Callers wait when a tenth of the life is left, at least a minute, at most a quarter of a short life. */
const held = ({ accessToken, requestedAt, lifeMs }: IssuedToken): Held => {
  const usableMs = lifeMs - Math.min(Math.max(60_000, lifeMs / 10), lifeMs / 4);
  // 75 to 85 % of a long life. Drawn for each token, so that processes which started together do not renew together.
  const renewAfterMs = (usableMs / 0.9) * (0.75 + Math.random() / 10);
  return { accessToken, renewAt: requestedAt + renewAfterMs, staleAt: requestedAt + usableMs };
};

const untilAborted = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
};

/**
 * Makes a cache of one client-credentials token. The first call asks for it; calls at the same time share that
 * request. It is renewed ahead of its expiry, and a renewal that fails is not noticed while the old token holds.
 *
 * @throws TypeError for an issuer that is no URL, or plain http beyond the loopback address unless that is allowed.
 */
export const createTokenCache = (options: TokenRequestOptions): TokenCache => {
  const requestToken = createTokenRequest(options);
  let current: Held | undefined;
  let pending: Promise<Held> | undefined;

  const renew = (): Promise<Held> => {
    pending ??= requestToken()
      .then((issued) => {
        current = held(issued);
        return current;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };

  return {
    async getToken({ signal } = {}) {
      const now = performance.now();
      if (current && now < current.staleAt) {
        if (now >= current.renewAt) renew().catch(() => {});
        return current.accessToken;
      }
      // Before the request: one that nobody waits for would fail unhandled.
      signal?.throwIfAborted();
      const { accessToken } = await untilAborted(renew(), signal);
      return accessToken;
    },
    invalidate(accessToken) {
      if (current?.accessToken === accessToken) current = undefined;
    },
  };
};
