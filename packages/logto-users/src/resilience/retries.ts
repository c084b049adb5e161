import { LogtoConnectionError, LogtoTimeoutError } from '../errors.js';
import { type LogtoResponse, retryAfterMs } from '../read-response.js';

/** Attempts of one call, the first included; the one with a new token after a 401 is besides. */
export const MAX_ATTEMPTS = 3;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 1_000;

/** A query may be asked again where Logto is busy or away. A 500 is steady: a bad pattern is one there. */
const PASSING = new Set([429, 502, 503, 504]);

/** What came of an attempt. */
export type AttemptResult =
  | { readonly response: LogtoResponse; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: unknown };

const mayRepeat = (isQuery: boolean, { response, error }: AttemptResult): boolean => {
  // With a 429 Logto has said that it did nothing.
  if (response) return isQuery ? PASSING.has(response.status) : response.status === 429;
  if (error instanceof LogtoConnectionError) return isQuery || error.outcome === 'not_sent';
  return error instanceof LogtoTimeoutError && error.outcome === 'not_sent';
};

/**
 * How long to wait before the next attempt: as Logto says by `Retry-After`, else drawn from a span that doubles ("full
 * jitter"), so that callers do not come back in step.
 *
 * @param attempt The number of the one that failed, from 1.
 * @returns Milliseconds, or `undefined` where there must be no other.
 */
export const pauseBefore = (isQuery: boolean, attempt: number, result: AttemptResult): number | undefined => {
  if (attempt >= MAX_ATTEMPTS || !mayRepeat(isQuery, result)) return undefined;
  const told = result.response && retryAfterMs(result.response);
  return told ?? Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
};
