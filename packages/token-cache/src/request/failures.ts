import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { TokenError } from '../errors.js';

/** Longer waits are not taken at their word: who has nothing in hand would stay down long after the server is up. */
const LONGEST_RETRY_AFTER_S = 300;

/** Seconds or a date (RFC 9110, section 10.2.3); `undefined` for anything else. */
const retryAfterSeconds = (response: Response | undefined): number | undefined => {
  const value = response?.headers.get('retry-after')?.trim() ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_RETRY_AFTER_S);
};

const isTransient = (status: number): boolean => status >= 500 || status === 429;

/** An error code goes into messages and logs, so it must be one. */
const errorCode = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[a-z_]{1,40}$/.test(value) ? value : undefined;

const fromOAuthError = (value: unknown, status: number, response: Response | undefined): TokenError => {
  const oauthError = errorCode(value);
  return new TokenError(
    isTransient(status) ? 'unreachable' : 'refused',
    `the authorization server answered ${oauthError ?? `an error with status ${status}`}`,
    { oauthError, retryAfterSeconds: isTransient(status) ? retryAfterSeconds(response) : undefined },
  );
};

/** What a failed request means. The causes that are kept hold neither the request nor the body of the answer. */
export const toTokenError = (error: unknown): TokenError => {
  if (error instanceof TokenError) return error;
  if (error instanceof ResponseBodyError) return fromOAuthError(error.error, error.status, error.response);
  if (error instanceof WWWAuthenticateChallengeError) {
    return fromOAuthError(error.cause[0]?.parameters['error'] ?? 'invalid_client', error.status, undefined);
  }
  if (error instanceof ClientError && error.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM') {
    const response = error.cause instanceof Response ? error.cause : undefined;
    const status = response?.status ?? 0;
    return isTransient(status)
      ? new TokenError('unreachable', `the authorization server answered with status ${status}`, {
          retryAfterSeconds: retryAfterSeconds(response),
        })
      : new TokenError('unreadable', `the authorization server answered with status ${status} and no OAuth response`);
  }
  if (error instanceof ClientError && error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') {
    return new TokenError(
      'refused',
      'the authorization server calls itself by another issuer: use the URL that it knows itself by',
    );
  }
  if (error instanceof ClientError && error.code !== 'OAUTH_TIMEOUT') {
    return new TokenError('unreadable', `the authorization server answered nonsense (${error.code})`);
  }
  return new TokenError('unreachable', 'the authorization server could not be reached', { cause: error });
};
