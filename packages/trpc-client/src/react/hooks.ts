import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Permission } from '@users-bff/bff/client-types';
import type { ListUsersInput } from '@users-bff/logto-users';
import { useUsersApi } from './context.js';

/** Which users a list shows; pages follow by themselves. */
export type UseUsersInput = Omit<ListUsersInput, 'page' | 'cursor'>;

/** Users, newest first, a page at a time: `data.pages`, `fetchNextPage()`, `hasNextPage`. */
export const useUsers = (input: UseUsersInput = {}) => {
  const api = useUsersApi();
  return useInfiniteQuery(
    api.users.list.infiniteQueryOptions(input, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
};

/** One user. */
export const useUser = (userId: string) => {
  const api = useUsersApi();
  return useQuery(api.users.get.queryOptions({ userId }));
};

/** Who calls, and what they may do. Asked for once: permissions change with the token. */
export const useWhoami = () => {
  const api = useUsersApi();
  return useQuery(api.session.whoami.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
};

/** Tells whether the caller holds a permission; nobody holds any before that is known. */
export const useMay = (): ((permission: Permission) => boolean) => {
  const { data } = useWhoami();
  return (permission) => data?.permissions.includes(permission) ?? false;
};
