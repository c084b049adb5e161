/** Why a caller is not let in (RFC 6750, section 3.1), or `undefined` where no token came. */
export type AuthenticationFailure = 'invalid_request' | 'invalid_token' | undefined;

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

  /** The value of `WWW-Authenticate`. */
  get challenge(): string {
    return bearerChallenge(this.failure);
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

/** A challenge of RFC 6750, section 3. Without a failure it names the scheme only. */
export const bearerChallenge = (failure?: string, scope?: string): string =>
  ['Bearer realm="users-bff"', failure && `error="${failure}"`, scope && `scope="${scope}"`].filter(Boolean).join(', ');
