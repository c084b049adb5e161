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

  constructor(reason: TokenErrorReason, message: string, options: { oauthError?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'TokenError';
    this.reason = reason;
    this.oauthError = options.oauthError;
  }
}
