import { type Caller, callerKey } from '../authentication/caller.js';
import type { Permission } from '../authorization/permissions.js';
import { ProcedureError } from '../errors.js';
import { type Balance, createLimiter, type Quota } from './limiter.js';

/** Classes of procedures, each with a quota of its own for each caller. */
export const procedureClasses = ['reads', 'writes', 'credentials', 'deletions'] as const;

/** A class of procedures. */
export type ProcedureClass = (typeof procedureClasses)[number];

/** How much is allowed. */
export interface RateLimitOptions extends Readonly<Record<ProcedureClass, Quota>> {
  /** Wrong guesses at the password of one user, by whomever. */
  readonly passwordGuesses: Quota;
}

/** Counts what callers do. */
export interface RateLimits {
  /**
   * Counts a call.
   *
   * @throws ProcedureError TOO_MANY_REQUESTS.
   */
  countCall(caller: Caller, procedureClass: ProcedureClass): Promise<Balance>;
  /**
   * Counts a guess at a user's password as wrong until it is said to be none.
   *
   * @returns Says that it was none.
   * @throws ProcedureError TOO_MANY_REQUESTS, for the right password too: else it would be told by that.
   */
  countGuess(userId: string): Promise<() => Promise<void>>;
}

/** The class of a procedure. */
export const classOf = (permission: Permission | undefined, isMutation: boolean): ProcedureClass => {
  if (permission === 'users:credentials') return 'credentials';
  if (permission === 'users:delete') return 'deletions';
  return isMutation ? 'writes' : 'reads';
};

const refuseSpent = (balance: Balance, message: string): Balance => {
  if (!balance.isSpent) return balance;
  throw new ProcedureError('TOO_MANY_REQUESTS', message, { retryAfterSeconds: balance.resetSeconds });
};

/**
 * Makes the limits. They count calls, not requests: a batch of twenty is twenty.
 *
 * @param redis An ioredis client, with which all replicas count together.
 */
export const createRateLimits = (options: RateLimitOptions, redis: unknown): RateLimits => {
  const limiters = new Map(procedureClasses.map((name) => [name, createLimiter(name, options[name], redis)]));
  const guesses = createLimiter('guesses', options.passwordGuesses, redis);

  return {
    async countCall(caller, procedureClass) {
      const balance = await limiters.get(procedureClass)?.take(callerKey(caller));
      return refuseSpent(balance as Balance, `Too many ${procedureClass} in a short time.`);
    },
    async countGuess(userId) {
      refuseSpent(await guesses.take(userId), 'Too many guesses at the password of this user.');
      return () => guesses.giveBack(userId);
    },
  };
};
