/** Why no token could be had. */
export type TokenErrorReason =
  /** The authorization server was not reached, did not answer in time, or broke. Trying again may help. */
  | 'unreachable'
  /** It refused this client, resource or scope. Only a change of configuration helps. */
  | 'refused'
  /** It answered with what is no token. */
  | 'unreadable';

/** No access token could be had. Holds no secret, no token and no URL. */
export class TokenError extends Error {
  readonly code = 'ERR_TOKEN';
  readonly reason: TokenErrorReason;
  /** The `error` of the answer (RFC 6749, section 5.2), such as `invalid_client`. */
  readonly oauthError: string | undefined;
  /** Seconds until the authorization server is asked again; until then every call fails at once. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    reason: TokenErrorReason,
    message: string,
    options: { oauthError?: string | undefined; retryAfterSeconds?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'TokenError';
    this.reason = reason;
    this.oauthError = options.oauthError;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** What is wrong with a store. */
export type TokenStoreErrorReason =
  /** It cannot be reached, does not answer, or refuses to work. */
  | 'unavailable'
  /** What it holds under a key was not written by this cache with one of its keys. */
  | 'unreadable';

/** A store failed. Thrown by stores, and answered by the cache: callers of `getToken` never meet it. */
export class TokenStoreError extends Error {
  readonly code = 'ERR_TOKEN_STORE';
  readonly reason: TokenStoreErrorReason;

  /** @param message Goes into logs: no token, no password, nothing that was read or written. */
  constructor(reason: TokenStoreErrorReason, message: string) {
    super(message);
    this.name = 'TokenStoreError';
    this.reason = reason;
  }
}
