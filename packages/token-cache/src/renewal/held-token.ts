/** A token and how old it is, at the moment of looking. */
export interface TokenFacts {
  readonly accessToken: string;
  readonly lifeMs: number;
  /** Milliseconds since before it was asked for. */
  readonly ageMs: number;
  /** It was asked for because the one before it was refused. */
  readonly isReplacement: boolean;
}

/** A token in memory. */
export interface HeldToken {
  readonly accessToken: string;
  /** The token as callers get it: made once, because it is given out millions of times. */
  readonly promise: Promise<string>;
  readonly lifeMs: number;
  readonly isReplacement: boolean;
  /** Milliseconds of `performance.now()`, like the next two. */
  readonly requestedAt: number;
  /** From here on it is renewed while callers go on with it. */
  readonly renewAt: number;
  /** From here on callers wait for the new one. */
  readonly staleAt: number;
  /** The same by `Date.now()`. */
  readonly staleAtDate: number;
}

/** Shares of the usable life between which it is renewed. Drawn by each process, so that they do not line up. */
const RENEW_FROM = 8 / 9;
const RENEW_TO = 17 / 18;

/**
 * How long callers are given a token: nine tenths of its life. The rest covers calls on their way and clocks that
 * differ, and is a second at least, because issuers count whole ones; of a very short life it is half.
 */
const usableMs = (lifeMs: number): number => Math.max(Math.min(lifeMs * 0.9, lifeMs - 1_000), lifeMs / 2);

/** Takes a token into memory. */
export const hold = ({ accessToken, lifeMs, ageMs, isReplacement }: TokenFacts): HeldToken => {
  const requestedAt = performance.now() - ageMs;
  const usable = usableMs(lifeMs);
  const renewAfter = RENEW_FROM + Math.random() * (RENEW_TO - RENEW_FROM);
  return {
    accessToken,
    promise: Promise.resolve(accessToken),
    lifeMs,
    isReplacement,
    requestedAt,
    renewAt: requestedAt + usable * renewAfter,
    staleAt: requestedAt + usable,
    staleAtDate: Date.now() - ageMs + usable,
  };
};

/**
 * Whether callers may still be given it. Of the two clocks the one counts that has gone further: the monotonic one
 * stands still while a machine sleeps, and the other can be turned back.
 *
 * @param now Milliseconds of `performance.now()`.
 */
export const isUsable = ({ staleAt, staleAtDate }: HeldToken, now: number): boolean =>
  now < staleAt && Date.now() < staleAtDate;

/** Whether a token of another process may be given to callers. */
export const isStillGood = ({ ageMs, lifeMs }: TokenFacts): boolean => ageMs < usableMs(lifeMs);

/** Whether a token of another process is so new that nobody renews it yet. */
export const isFresh = ({ ageMs, lifeMs }: TokenFacts): boolean => ageMs < usableMs(lifeMs) * RENEW_FROM;

/** What others need to know of it. */
export const factsOf = ({ accessToken, lifeMs, requestedAt, isReplacement }: HeldToken): TokenFacts => ({
  accessToken,
  lifeMs,
  ageMs: performance.now() - requestedAt,
  isReplacement,
});
