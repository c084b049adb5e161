/** A frontend as its author would write it. Compiled by a test, never run. */
import { createUsersClient, isUsersError, type RouterInputs, type RouterOutputs } from '@users-bff/trpc-client';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <T extends true>(): T | undefined => undefined;

const client = createUsersClient({ url: 'https://users-bff.example.com/trpc', getAccessToken: () => 'token' });

export const page = async (): Promise<void> => {
  const user = await client.users.get.query({ userId: 'u' });
  same<Equal<typeof user, RouterOutputs['users']['get']>>();
  same<Equal<typeof user.username, string | null>>();
  same<Equal<typeof user.profile.nickname, string | undefined>>();
  same<Equal<typeof user.isSuspended, boolean>>();
  // @ts-expect-error a user has no such field
  user.usernam;

  const { items, nextCursor } = await client.users.list.query({ search: { username: { like: 'ann%' } }, pageSize: 50 });
  same<Equal<(typeof items)[number], typeof user>>();
  same<Equal<typeof nextCursor, number | undefined>>();
  await client.users.list.query();
  // @ts-expect-error only exact takes several values
  await client.users.list.query({ search: { username: { like: ['a', 'b'] } } });
  // @ts-expect-error no such field can be searched
  await client.users.list.query({ search: { nickname: { like: 'a' } } });

  const made = await client.users.mfaVerifications.create.mutate({ userId: 'u', type: 'Totp' });
  if (made.type === 'Totp') same<Equal<typeof made.secretQrCode, string>>();
  else same<Equal<typeof made.codes, string[]>>();
  // @ts-expect-error codes belong to backup codes
  await client.users.mfaVerifications.create.mutate({ userId: 'u', type: 'Totp', codes: [] });

  same<Equal<RouterOutputs['users']['delete'], undefined>>();
  same<Equal<RouterInputs['users']['suspension']['update'], { userId: string; isSuspended: boolean }>>();
  // @ts-expect-error the user is missing
  await client.users.get.query({});
  // @ts-expect-error a key that the operation has not
  await client.users.update.mutate({ userId: 'u', isSuspended: true });
  // @ts-expect-error a query is not mutated
  client.users.get.mutate;

  const me = await client.session.whoami.query();
  if (me.permissions.includes('users:roles')) same<Equal<typeof me.expiresAt, number>>();
  // @ts-expect-error no such permission
  me.permissions.includes('users:everything');
};

export const explain = (error: unknown): string => {
  if (!isUsersError(error)) return 'offline';
  same<Equal<typeof error.data.requestId, string>>();
  same<Equal<NonNullable<typeof error.data.logto>['status'], number>>();
  if (error.data.logto?.code === 'user.username_already_in_use') return 'taken';
  if (error.data.code === 'FORBIDDEN') return 'forbidden';
  // @ts-expect-error tRPC has no such code
  if (error.data.code === 'NOPE') return 'nope';
  return error.data.issues?.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n') ?? error.message;
};
