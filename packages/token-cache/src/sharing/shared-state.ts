import { TokenError, type TokenErrorReason } from '../errors.js';
import type { TokenFacts } from '../renewal/held-token.js';
import type { StoredValue } from './store.js';

/** The last request failed: the authorization server is left alone for a while. */
export interface FailureFacts {
  readonly error: TokenError;
  /** Failures in a row. */
  readonly count: number;
  /** For how long it is left alone, from the failure on. */
  readonly pauseMs: number;
  /** Milliseconds since. */
  readonly ageMs: number;
}

/** What processes tell each other. Ages, not dates: their clocks may differ. */
export interface SharedState {
  readonly token?: TokenFacts | undefined;
  readonly failure?: FailureFacts | undefined;
}

/** How long failures are counted as being in a row. */
const MEMORY_OF_FAILURE_MS = 60_000;

const ttlOf = ({ token, failure }: SharedState): number =>
  Math.ceil(
    Math.max(
      token ? token.lifeMs - token.ageMs : 0,
      failure ? failure.pauseMs - failure.ageMs + MEMORY_OF_FAILURE_MS : 0,
      1,
    ),
  );

/** The state as text, and how long it is of use. */
export const encodeState = (state: SharedState): { value: string; ttlMs: number } => {
  const ttlMs = ttlOf(state);
  const { token, failure } = state;
  const { reason, message, oauthError } = failure?.error ?? {};
  const value = JSON.stringify({
    ttlMs,
    token,
    failure: failure && { ...failure, error: { reason, message, oauthError } },
  });
  return { value, ttlMs };
};

const REASONS: readonly unknown[] = ['unreachable', 'refused', 'unreadable'] satisfies TokenErrorReason[];

type Fields<T> = { readonly [Name in keyof T]?: unknown };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const areTimes = (values: readonly unknown[]): values is number[] =>
  values.every((value) => typeof value === 'number' && Number.isFinite(value) && value >= 0);

const readToken = (value: unknown, elapsedMs: number): TokenFacts | undefined => {
  if (!isObject(value)) return undefined;
  const { accessToken, lifeMs, ageMs, isReplacement }: Fields<TokenFacts> = value;
  const times = [lifeMs, ageMs];
  if (typeof accessToken !== 'string' || !areTimes(times)) return undefined;
  const [life = 0, age = 0] = times;
  return { accessToken, lifeMs: life, ageMs: age + elapsedMs, isReplacement: isReplacement === true };
};

const readFailure = (value: unknown, elapsedMs: number): FailureFacts | undefined => {
  if (!isObject(value) || !isObject(value['error'])) return undefined;
  const { reason, message, oauthError }: Fields<TokenError> = value['error'];
  const times = [value['count'], value['pauseMs'], value['ageMs']];
  if (!REASONS.includes(reason) || typeof message !== 'string' || !areTimes(times)) return undefined;
  const [count = 0, pauseMs = 0, ageMs = 0] = times;
  const error = new TokenError(reason as TokenErrorReason, message, {
    oauthError: typeof oauthError === 'string' ? oauthError : undefined,
  });
  return { error, count, pauseMs, ageMs: ageMs + elapsedMs };
};

/**
 * Reads what another process wrote; `undefined` for what none has written.
 *
 * @param waitedMs How long the reading took: the remaining time may have been taken at its beginning.
 */
export const decodeState = ({ value, remainingMs }: StoredValue, waitedMs: number): SharedState | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  if (!isObject(parsed) || !areTimes([parsed['ttlMs'], remainingMs])) return undefined;
  const elapsedMs = Math.max(Number(parsed['ttlMs']) - remainingMs, 0) + waitedMs;
  const token = readToken(parsed['token'], elapsedMs);
  const failure = readFailure(parsed['failure'], elapsedMs);
  return token || failure ? { token, failure } : undefined;
};
