import { type QueryClient, type QueryFilters, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { UsersApi } from './api.js';
import { useUsersApi } from './context.js';

type Touched = (api: UsersApi, userId: string) => QueryFilters[];

const itself: Touched = ({ users }, userId) => [users.get.queryFilter({ userId }), users.list.pathFilter()];
const roles: Touched = ({ users }, userId) => [users.roles.list.queryFilter({ userId }), users.list.pathFilter()];
const factors: Touched = ({ users }, userId) => [users.mfaVerifications.list.queryFilter({ userId })];
const tokens: Touched = ({ users }, userId) => [users.personalAccessTokens.list.queryFilter({ userId })];

/** Everything that was asked about one user. */
const everything: Touched = ({ users }, userId) => [
  users.list.pathFilter(),
  {
    predicate: ({ queryKey }) => {
      const { input } = (queryKey[1] ?? {}) as { input?: { userId?: string } };
      return input?.userId === userId;
    },
  },
];

const touched = {
  'users.create': ({ users }) => [users.list.pathFilter()],
  'users.update': (api, userId) => [...itself(api, userId), api.users.customData.get.queryFilter({ userId })],
  'users.delete': everything,
  'users.customData.update': (api, userId) => [
    ...itself(api, userId),
    api.users.customData.get.queryFilter({ userId }),
  ],
  'users.profile.update': itself,
  'users.password.update': (api, userId) => [...itself(api, userId), api.users.password.exists.queryFilter({ userId })],
  'users.password.verify': () => [],
  'users.suspension.update': itself,
  'users.roles.assign': roles,
  'users.roles.replace': roles,
  'users.roles.remove': roles,
  'users.identities.link': itself,
  'users.identities.replace': itself,
  'users.identities.delete': itself,
  'users.mfaVerifications.create': factors,
  'users.mfaVerifications.delete': factors,
  'users.personalAccessTokens.create': tokens,
  'users.personalAccessTokens.update': tokens,
  'users.personalAccessTokens.delete': tokens,
} satisfies Record<string, Touched>;

/** A mutation of the router, by name. */
export type UsersMutation = keyof typeof touched;

/** The mutations of the router. */
export const usersMutations = Object.keys(touched) as UsersMutation[];

/**
 * The queries that a mutation makes stale, as filters of TanStack Query.
 *
 * @param userId The user that was changed; of no matter after `users.create`.
 */
export const touchedBy = (api: UsersApi, mutation: UsersMutation, userId: string): QueryFilters[] =>
  touched[mutation](api, userId);

/** Marks stale what a mutation touched, and waits until what is shown of it is fetched anew. */
export const invalidateAfter = async (
  queryClient: QueryClient,
  api: UsersApi,
  mutation: UsersMutation,
  userId: string,
): Promise<void> => {
  await Promise.all(touchedBy(api, mutation, userId).map((filter) => queryClient.invalidateQueries(filter)));
};

/** {@link invalidateAfter} for the provider around: `onSettled: () => invalidate('users.update', userId)`. */
export const useInvalidateAfter = (): ((mutation: UsersMutation, userId: string) => Promise<void>) => {
  const api = useUsersApi();
  const queryClient = useQueryClient();
  return useCallback((mutation, userId) => invalidateAfter(queryClient, api, mutation, userId), [queryClient, api]);
};
