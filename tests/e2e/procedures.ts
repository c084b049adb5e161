import type { World } from '../world.js';

/** A procedure as the design has it, with an input that fits its schema. */
export interface ProcedureRow {
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  readonly operation: string;
  readonly permission: string;
  readonly input: object;
}

const row = (
  name: string,
  kind: ProcedureRow['kind'],
  operation: string,
  permission: string,
  input: object = {},
): ProcedureRow => ({
  name: `users.${name}`,
  kind,
  operation,
  permission: `users:${permission}`,
  input: name === 'list' || name === 'create' ? input : { userId: 'nobody000000', ...input },
});

/** All procedures that forward an operation: stated here once more, so that the router cannot drift unseen. */
export const procedures: readonly ProcedureRow[] = [
  row('list', 'query', 'listUsers', 'read'),
  row('get', 'query', 'getUser', 'read'),
  row('create', 'mutation', 'createUser', 'write'),
  row('update', 'mutation', 'updateUser', 'write', { name: 'x' }),
  row('delete', 'mutation', 'deleteUser', 'delete'),
  row('customData.get', 'query', 'listUserCustomData', 'read'),
  row('customData.update', 'mutation', 'updateUserCustomData', 'write', { customData: {} }),
  row('profile.update', 'mutation', 'updateUserProfile', 'write', { profile: {} }),
  row('password.exists', 'query', 'getUserHasPassword', 'read'),
  row('password.update', 'mutation', 'updateUserPassword', 'credentials', { password: 'x' }),
  row('password.verify', 'mutation', 'verifyUserPassword', 'credentials', { password: 'x' }),
  row('suspension.update', 'mutation', 'updateUserIsSuspended', 'write', { isSuspended: true }),
  row('roles.list', 'query', 'listUserRoles', 'read'),
  row('roles.assign', 'mutation', 'assignUserRoles', 'roles', { roleIds: [] }),
  row('roles.replace', 'mutation', 'replaceUserRoles', 'roles', { roleIds: [] }),
  row('roles.remove', 'mutation', 'deleteUserRole', 'roles', { roleId: 'r' }),
  row('identities.link', 'mutation', 'createUserIdentity', 'credentials', { connectorId: 'c', connectorData: {} }),
  row('identities.replace', 'mutation', 'replaceUserIdentity', 'credentials', {
    target: 't',
    identity: { userId: 'x' },
  }),
  row('identities.delete', 'mutation', 'deleteUserIdentity', 'credentials', { target: 't' }),
  row('organizations.list', 'query', 'listUserOrganizations', 'read'),
  row('mfaVerifications.list', 'query', 'listUserMfaVerifications', 'read'),
  row('mfaVerifications.create', 'mutation', 'createUserMfaVerification', 'credentials', { type: 'Totp' }),
  row('mfaVerifications.delete', 'mutation', 'deleteUserMfaVerification', 'credentials', { verificationId: 'v' }),
  row('personalAccessTokens.list', 'query', 'listUserPersonalAccessTokens', 'credentials'),
  row('personalAccessTokens.create', 'mutation', 'createUserPersonalAccessToken', 'credentials', { name: 'n' }),
  row('personalAccessTokens.update', 'mutation', 'updateUserPersonalAccessToken', 'credentials', {
    name: 'n',
    newName: 'm',
  }),
  row('personalAccessTokens.delete', 'mutation', 'deleteUserPersonalAccessToken', 'credentials', { name: 'n' }),
];

/** The body of an answer of the BFF. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly error:
    | { message: string; data: { code: string; httpStatus: number; requestId: string } & Record<string, unknown> }
    | undefined;
}

/** Calls a procedure by POST, as plain HTTP. */
export const post = async (
  url: string,
  name: string,
  input: unknown,
  token?: string,
  headers: Record<string, string> = {},
): Promise<Reply> => {
  const response = await fetch(`${url}/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, error: JSON.parse(text).error };
};

/** Enough good answers for the next failures not to look like an outage of Logto. */
export const calm = async ({ url, sandbox }: World, token: string, answers = 5): Promise<void> => {
  await Promise.all(Array.from({ length: answers }, () => post(url, 'users.list', {}, token)));
  sandbox.forgetRequests();
};
