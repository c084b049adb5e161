import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import type { ReactNode } from 'react';
import type { UsersClient } from '../client.js';
import type { AppRouter } from '../router-types.js';
import type { UsersApi } from './api.js';

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

/** What {@link UsersProvider} needs. */
export interface UsersProviderProps {
  readonly client: UsersClient;
  readonly queryClient: QueryClient;
  readonly children?: ReactNode;
}

/** Gives a client and a query cache to all components inside. It is TanStack Query's provider too. */
export const UsersProvider = ({ client, queryClient, children }: UsersProviderProps) => (
  <QueryClientProvider client={queryClient}>
    <TRPCProvider trpcClient={client} queryClient={queryClient}>
      {children}
    </TRPCProvider>
  </QueryClientProvider>
);

/**
 * Options of queries and mutations for TanStack Query's own hooks, by procedure:
 * `useQuery(api.users.get.queryOptions({ userId }))`, `useMutation(api.users.update.mutationOptions())`.
 *
 * @throws Error outside of a {@link UsersProvider}.
 */
export const useUsersApi: () => UsersApi = useTRPC;

/**
 * The client itself.
 *
 * @throws Error outside of a {@link UsersProvider}.
 */
export const useUsersClient: () => UsersClient = useTRPCClient;
