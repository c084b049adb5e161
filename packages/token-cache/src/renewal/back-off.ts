import type { TokenError } from '../errors.js';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** For what trying again does not mend. */
const REFUSED_MS = 60_000;

/**
 * How long the authorization server is left alone. Doubles with every failure in a row, half of it drawn; the server's
 * own `Retry-After` wins where it is longer.
 *
 * @param count Failures in a row, from 1.
 */
export const pauseAfter = ({ reason, retryAfterSeconds = 0 }: TokenError, count: number): number => {
  if (reason === 'refused') return REFUSED_MS;
  const longest = Math.min(FIRST_MS * 2 ** (count - 1), LONGEST_MS);
  return Math.max((longest / 2) * (1 + Math.random()), retryAfterSeconds * 1_000);
};
