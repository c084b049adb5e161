import type { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { UsersClient } from '../client.js';
import type { AppRouter } from '../router-types.js';

/** Options of queries and mutations for TanStack Query, by procedure. */
export type UsersApi = TRPCOptionsProxy<AppRouter>;

/** What {@link createUsersApi} is made of. */
export interface UsersApiOptions {
  readonly client: UsersClient;
  readonly queryClient: QueryClient;
}

/**
 * The options of queries and mutations outside of components, as in the loader of a route:
 * `queryClient.ensureQueryData(api.users.get.queryOptions({ userId }))`.
 */
export const createUsersApi = ({ client, queryClient }: UsersApiOptions): UsersApi =>
  createTRPCOptionsProxy<AppRouter>({ client, queryClient });
