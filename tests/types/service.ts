/** A service that uses the REST client. Compiled by a test, never run. */
import { createLogtoUsersClient, LogtoApiError, type Page, type User } from '@users-bff/logto-users';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <T extends true>(): T | undefined => undefined;

const logto = createLogtoUsersClient({ endpoint: 'https://logto.example.com', getAccessToken: () => 'token' });

export const work = async (signal: AbortSignal): Promise<void> => {
  const user = await logto.getUser({ userId: 'u', includeSsoIdentities: true }, { signal });
  same<Equal<typeof user, User>>();
  const page = await logto.listUsers();
  same<Equal<typeof page, Page<User>>>();
  const roles = await logto.assignUserRoles({ userId: 'u', roleIds: ['r'] });
  same<Equal<typeof roles.addedRoleIds, string[] | undefined>>();
  const nothing = await logto.deleteUser({ userId: 'u' });
  same<Equal<typeof nothing, undefined>>();
  // @ts-expect-error the user is missing
  await logto.getUser();
  // @ts-expect-error passwords are set by an operation of their own
  await logto.updateUser({ userId: 'u', password: 'x' });
  // @ts-expect-error password hashes are never asked for
  await logto.getUser({ userId: 'u', includePasswordHash: true });
  // @ts-expect-error the expiry of a token cannot be changed
  await logto.updateUserPersonalAccessToken({ userId: 'u', name: 'a', newName: 'b', expiresAt: 1 });
};

export const explain = (error: unknown): string => {
  if (!(error instanceof LogtoApiError)) return 'other';
  const { status, code } = error.refusal;
  same<Equal<typeof status, number>>();
  return code === 'entity.not_found' ? 'gone' : `${status}`;
};
