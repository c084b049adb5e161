import type { TRPCLink } from '@trpc/client';
import type { AppRouter } from './router-types.js';

/** What tRPC's infinite queries add to an input, and lists here do not know. */
const isAdded = ([key, value]: [string, unknown]): boolean =>
  (key === 'direction' && (value === 'forward' || value === 'backward')) ||
  (key === 'cursor' && (value === null || value === undefined));

/** Lets `infiniteQueryOptions` of tRPC's integrations work: the first page has no cursor, and pages go one way. */
export const infiniteInputLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) => {
    const { input, type } = op;
    if (type !== 'query' || typeof input !== 'object' || input === null || !('direction' in input)) return next(op);
    const own = Object.fromEntries(Object.entries(input).filter((entry) => !isAdded(entry)));
    return next({ ...op, input: own });
  };
