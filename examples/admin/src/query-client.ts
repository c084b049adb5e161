import { QueryClient } from '@tanstack/react-query';
import { isUsersError } from '@users-bff/trpc-client';

const PASSING = new Set(['BAD_GATEWAY', 'SERVICE_UNAVAILABLE', 'GATEWAY_TIMEOUT']);

/** A server that is away for a while is asked until it is back. */
const passes = (count: number, error: unknown): boolean =>
  count < 30 && (!isUsersError(error) || PASSING.has(error.data.code));

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: passes, retryDelay: 1_000, networkMode: 'always', staleTime: 5_000 },
    mutations: { networkMode: 'always' },
  },
});
