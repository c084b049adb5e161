import { LogtoApiError, type Operation } from '@users-bff/logto-users';
import type { Way } from './way.js';

const isWrongGuess = (error: unknown): boolean =>
  error instanceof LogtoApiError && error.refusal.code === 'session.invalid_credentials';

/** Counts a guess as wrong from its beginning, so that guesses at the same time count too. */
export const guessing =
  <In extends { userId: string }, Out>(operation: Operation<In, Out>): Way<In, Out> =>
  async ({ server: { limits } }, input, send) => {
    const wasNone = await limits.countGuess(input.userId);
    try {
      const result = await send(operation, input);
      await wasNone();
      return result;
    } catch (error) {
      if (!isWrongGuess(error)) await wasNone();
      throw error;
    }
  };
