// Uses every export as a stranger would. Compiled from the packed tarball, never run.
import {
  type AppRouter,
  type BatchOptions,
  type CallContext,
  createUsersClient,
  fieldErrors,
  type InputIssue,
  isUsersError,
  type ListAllUsersOptions,
  type LogtoErrorCode,
  listAllUsers,
  type Page,
  type Permission,
  type RouterInputs,
  type RouterOutputs,
  type User,
  type UserSearch,
  type UsersClient,
  type UsersClientOptions,
  type UsersError,
  type UsersErrorData,
  type UsersErrorShape,
  type Whoami,
} from '@users-bff/trpc-client';
import {
  createFakeBff,
  type FakeBff,
  type FakeCall,
  FakeError,
  type FakeErrorFacts,
  type FakeProcedures,
} from '@users-bff/trpc-client/testing';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <T extends true>(): T | undefined => undefined;

const batch: BatchOptions = { maxItems: 10, stream: true };
const options: UsersClientOptions = {
  url: '/trpc',
  getAccessToken: () => 'token',
  batch,
  onUnauthorized: () => undefined,
};
const client: UsersClient = createUsersClient(options);
const context: CallContext = { traceparent: '00-0-0-00' };

export const use = async (): Promise<void> => {
  const user = await client.users.get.query({ userId: 'u' }, { context });
  same<Equal<typeof user, User>>();
  same<Equal<typeof user.username, string | null>>();
  same<Equal<RouterOutputs['users']['list'], Page<User>>>();
  same<Equal<RouterInputs['users']['delete'], { userId: string }>>();
  const search: UserSearch = { name: { like: 'a%' } };
  const all: ListAllUsersOptions = { search, pageSize: 50 };
  for await (const each of listAllUsers(client, all)) same<Equal<typeof each, User>>();
  const me: Whoami = await client.session.whoami.query();
  const permission: Permission | undefined = me.permissions[0];
  void permission;
  // @ts-expect-error a user has no such field: types are exact, and not any
  user.nothing;
  // @ts-expect-error the user is missing
  await client.users.get.query({});
};

export const explain = (error: unknown): string => {
  if (!isUsersError(error)) return 'offline';
  const known: UsersError = error;
  const data: UsersErrorData = known.data;
  const shape: Pick<UsersErrorShape, 'message'> = known;
  const code: LogtoErrorCode | undefined = data.logto?.code;
  const issues: InputIssue[] | undefined = data.issues;
  // @ts-expect-error the codes of tRPC are known
  if (known.data.code === 'NOPE') return '';
  return `${shape.message} ${code} ${issues?.length} ${Object.keys(fieldErrors(error))}`;
};

export type Router = AppRouter;

const facts: FakeErrorFacts = { message: 'no' };
const procedures: FakeProcedures = {
  users: {
    get: ({ userId }) => {
      throw new FakeError('NOT_FOUND', { ...facts, logto: { status: 404, message: userId } });
    },
  },
};
const fake: FakeBff = createFakeBff(procedures);
export const calls: readonly FakeCall[] = fake.calls;
// @ts-expect-error a fake answers as the procedure does
createFakeBff({ users: { password: { exists: () => ({ hasPassword: 'yes' }) } } });
