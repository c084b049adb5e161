/**
 * Why a caller is not let in: the codes of RFC 6750 (section 3.1), RFC 9449 (section 7.1) and RFC 9470 (section 3), or
 * `undefined` where no token came.
 */
export type AuthenticationFailure =
  | 'invalid_request'
  | 'invalid_token'
  | 'invalid_dpop_proof'
  | 'insufficient_user_authentication'
  | undefined;

/** The caller did not show who it is. The reason is for the log: callers learn the failure alone. */
export class AuthenticationError extends Error {
  readonly code = 'ERR_AUTHENTICATION';
  readonly failure: AuthenticationFailure;
  /** 400 for a malformed request, else 401. */
  readonly status: 400 | 401;

  constructor(failure: AuthenticationFailure, reason: string) {
    super(reason);
    this.name = 'AuthenticationError';
    this.failure = failure;
    this.status = failure === 'invalid_request' ? 400 : 401;
  }
}

/** The issuer's keys could not be had, so nobody can be told from anybody. Not the caller's fault. */
export class KeySetUnavailableError extends Error {
  readonly code = 'ERR_KEY_SET_UNAVAILABLE';

  constructor(cause: unknown) {
    super('the keys of the issuer could not be had', { cause });
    this.name = 'KeySetUnavailableError';
  }
}
