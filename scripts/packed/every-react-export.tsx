// Uses every export of the React entry as a stranger would. Compiled from the packed tarball, never run.
import { QueryClient } from '@tanstack/react-query';
import { createUsersClient, type User } from '@users-bff/trpc-client';
import {
  createUsersApi,
  invalidateAfter,
  touchedBy,
  type UsersApi,
  type UsersApiOptions,
  type UsersMutation,
  UsersProvider,
  type UsersProviderProps,
  type UseUsersInput,
  useInvalidateAfter,
  useMay,
  usersMutations,
  useUser,
  useUsers,
  useUsersApi,
  useUsersClient,
  useWhoami,
} from '@users-bff/trpc-client/react';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <T extends true>(): T | undefined => undefined;

const made: UsersApiOptions = {
  client: createUsersClient({ url: '/trpc', getAccessToken: () => '' }),
  queryClient: new QueryClient(),
};
const props: UsersProviderProps = made;
const api: UsersApi = createUsersApi(made);
const [mutation = 'users.update'] = usersMutations;
const one: UsersMutation = mutation;
touchedBy(api, one, 'u');
void invalidateAfter(made.queryClient, api, one, 'u');

export const Users = () => {
  const input: UseUsersInput = { pageSize: 20 };
  const { data } = useUsers(input);
  const [page] = data?.pages ?? [];
  same<Equal<NonNullable<typeof page>['items'], User[]>>();
  const { data: user } = useUser('u');
  same<Equal<typeof user, User | undefined>>();
  useUsersApi().users.get.queryOptions({ userId: 'u' });
  // @ts-expect-error the user is missing
  useUsersApi().users.get.queryOptions({});
  void useUsersClient().users.list.query();
  void useInvalidateAfter()('users.delete', 'u');
  // @ts-expect-error no such permission
  useMay()('users:everything');
  return <UsersProvider {...props}>{useWhoami().data?.subject}</UsersProvider>;
};
