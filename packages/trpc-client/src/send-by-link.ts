import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observableToPromise } from '@trpc/server/observable';
import type { Send } from './call.js';
import type { AppRouter } from './router-types.js';

/** Sends calls by one of tRPC's links that end a chain. */
export const sendByLink = (link: TRPCLink<AppRouter>): Send => {
  const start = link({});
  const next = (): never => {
    throw new Error('There is no link after this one.');
  };
  return async (op) => {
    try {
      const { result } = await observableToPromise(start({ op, next }));
      return 'data' in result ? result.data : undefined;
    } catch (error) {
      throw TRPCClientError.from<AppRouter>(error as Error);
    }
  };
};
