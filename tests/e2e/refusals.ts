import { readFileSync } from 'node:fs';
import { type Scene, unique, uniquePhone } from './scene.js';

/** A refusal that a real Logto was seen to make, and how to be refused so. */
export interface Refusal {
  readonly operation: string;
  readonly status: number;
  readonly code: string;
  readonly provoke: (scene: Scene) => Promise<unknown>;
  /** Needs connectors, which nobody can count on in a real Logto. */
  readonly needsConnectors?: boolean;
}

/** Every recorded refusal that typed input can provoke. */
export const refusals: Refusal[] = [
  {
    operation: 'create_user',
    status: 400,
    code: 'password.invalid_legacy_password_format',
    provoke: ({ client }) => client.users.create.mutate({ passwordDigest: 'abc', passwordAlgorithm: 'Legacy' }),
  },
  {
    operation: 'create_user',
    status: 400,
    code: 'user.password_algorithm_required',
    provoke: ({ client }) => client.users.create.mutate({ passwordDigest: 'abc' }),
  },
  {
    operation: 'create_user',
    status: 400,
    code: 'user.password_and_digest',
    provoke: ({ client }) =>
      client.users.create.mutate({ password: 'x1', passwordDigest: 'abc', passwordAlgorithm: 'MD5' }),
  },
  {
    operation: 'create_user',
    status: 422,
    code: 'user.username_already_in_use',
    provoke: async (scene) => {
      const { username } = await scene.user({ username: unique() });
      return scene.user({ username: username as string });
    },
  },
  {
    operation: 'create_user',
    status: 422,
    code: 'user.email_already_in_use',
    provoke: async (scene) => {
      const { primaryEmail } = await scene.user({ primaryEmail: `${unique()}@example.com` });
      return scene.user({ primaryEmail: (primaryEmail as string).toUpperCase() });
    },
  },
  {
    operation: 'create_user',
    status: 422,
    code: 'user.phone_already_in_use',
    provoke: async (scene) => {
      const { primaryPhone } = await scene.user({ primaryPhone: uniquePhone() });
      return scene.user({ primaryPhone: primaryPhone as string });
    },
  },
  {
    operation: 'get_user',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.get.query({ userId: nobody }),
  },
  {
    operation: 'update_user',
    status: 422,
    code: 'user.username_already_in_use',
    provoke: async (scene) => {
      const [{ id }, { username }] = [await scene.user(), await scene.user({ username: unique() })];
      return scene.client.users.update.mutate({ userId: id, username });
    },
  },
  {
    operation: 'update_user',
    status: 422,
    code: 'entity.invalid_input',
    provoke: async (scene) => scene.client.users.update.mutate({ userId: (await scene.user()).id }),
  },
  {
    operation: 'update_user',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.update.mutate({ userId: nobody, name: 'x' }),
  },
  {
    operation: 'update_user',
    status: 422,
    code: 'user.invalid_phone',
    provoke: async (scene) =>
      scene.client.users.update.mutate({ userId: (await scene.user()).id, primaryPhone: '99999' }),
  },
  {
    operation: 'list_user_custom_data',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.customData.get.query({ userId: nobody }),
  },
  {
    operation: 'update_user_custom_data',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.customData.update.mutate({ userId: nobody, customData: {} }),
  },
  {
    operation: 'update_user_password',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.password.update.mutate({ userId: nobody, password: 'x' }),
  },
  {
    operation: 'verify_user_password',
    status: 422,
    code: 'session.invalid_credentials',
    provoke: async (scene) =>
      scene.client.users.password.verify.mutate({
        userId: (await scene.user({ password: 'right' })).id,
        password: 'wrong',
      }),
  },
  {
    operation: 'get_user_has_password',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.password.exists.query({ userId: nobody }),
  },
  {
    operation: 'update_user_is_suspended',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.suspension.update.mutate({ userId: nobody, isSuspended: true }),
  },
  {
    operation: 'assign_user_roles',
    status: 404,
    code: 'entity.not_exists_with_id',
    provoke: async (scene) =>
      scene.client.users.roles.assign.mutate({ userId: (await scene.user()).id, roleIds: ['nope'] }),
  },
  {
    operation: 'assign_user_roles',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody, roles }) => client.users.roles.assign.mutate({ userId: nobody, roleIds: [roles[0]] }),
  },
  {
    operation: 'list_user_roles',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.roles.list.query({ userId: nobody }),
  },
  {
    operation: 'replace_user_roles',
    status: 404,
    code: 'entity.not_exists_with_id',
    provoke: async (scene) =>
      scene.client.users.roles.replace.mutate({ userId: (await scene.user()).id, roleIds: ['nope'] }),
  },
  {
    operation: 'replace_user_roles',
    status: 422,
    code: 'entity.db_constraint_violated',
    provoke: async (scene) =>
      scene.client.users.roles.replace.mutate({ userId: (await scene.user()).id, roleIds: [scene.machineRole] }),
  },
  {
    operation: 'replace_user_roles',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.roles.replace.mutate({ userId: nobody, roleIds: [] }),
  },
  {
    operation: 'delete_user_role',
    status: 404,
    code: 'entity.not_found',
    provoke: async (scene) =>
      scene.client.users.roles.remove.mutate({ userId: (await scene.user()).id, roleId: scene.roles[0] }),
  },
  {
    operation: 'create_user_identity',
    status: 422,
    code: 'user.identity_already_in_use',
    needsConnectors: true,
    provoke: async (scene) => {
      const connectorId = scene.world.upstream.connectors?.social ?? '';
      const connectorData = { code: 'x', userId: unique() };
      const [{ id: one }, { id: two }] = [await scene.user(), await scene.user()];
      await scene.client.users.identities.link.mutate({ userId: one, connectorId, connectorData });
      return scene.client.users.identities.link.mutate({ userId: two, connectorId, connectorData });
    },
  },
  {
    operation: 'create_user_identity',
    status: 400,
    code: 'connector.invalid_response',
    needsConnectors: true,
    provoke: async (scene) =>
      scene.client.users.identities.link.mutate({
        userId: (await scene.user()).id,
        connectorId: scene.world.upstream.connectors?.social ?? '',
        connectorData: {},
      }),
  },
  {
    operation: 'create_user_identity',
    status: 404,
    code: 'entity.not_found',
    provoke: async (scene) =>
      scene.client.users.identities.link.mutate({
        userId: (await scene.user()).id,
        connectorId: 'nope',
        connectorData: { code: 'x' },
      }),
  },
  {
    operation: 'create_user_identity',
    status: 422,
    code: 'session.invalid_connector_id',
    needsConnectors: true,
    provoke: async (scene) =>
      scene.client.users.identities.link.mutate({
        userId: (await scene.user()).id,
        connectorId: scene.world.upstream.connectors?.email ?? '',
        connectorData: {},
      }),
  },
  {
    operation: 'replace_user_identity',
    status: 422,
    code: 'user.identity_already_in_use',
    provoke: async (scene) => {
      const identity = { userId: unique() };
      const [{ id: one }, { id: two }] = [await scene.user(), await scene.user()];
      await scene.client.users.identities.replace.mutate({ userId: one, target: 'github', identity });
      return scene.client.users.identities.replace.mutate({ userId: two, target: 'github', identity });
    },
  },
  {
    operation: 'replace_user_identity',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) =>
      client.users.identities.replace.mutate({ userId: nobody, target: 'github', identity: { userId: unique() } }),
  },
  {
    operation: 'delete_user_identity',
    status: 404,
    code: 'user.identity_not_exist',
    provoke: async (scene) =>
      scene.client.users.identities.delete.mutate({ userId: (await scene.user()).id, target: 'constructor' }),
  },
  {
    operation: 'delete_user_identity',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.identities.delete.mutate({ userId: nobody, target: 'github' }),
  },
  {
    operation: 'list_user_organizations',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.organizations.list.query({ userId: nobody }),
  },
  {
    operation: 'create_user_mfa_verification',
    status: 422,
    code: 'user.totp_already_in_use',
    provoke: async (scene) => {
      const { id: userId } = await scene.user();
      await scene.client.users.mfaVerifications.create.mutate({ userId, type: 'Totp' });
      return scene.client.users.mfaVerifications.create.mutate({ userId, type: 'Totp' });
    },
  },
  {
    operation: 'create_user_mfa_verification',
    status: 422,
    code: 'user.backup_code_already_in_use',
    provoke: async (scene) => {
      const { id: userId } = await scene.user();
      await scene.client.users.mfaVerifications.create.mutate({ userId, type: 'Totp' });
      await scene.client.users.mfaVerifications.create.mutate({ userId, type: 'BackupCode' });
      return scene.client.users.mfaVerifications.create.mutate({ userId, type: 'BackupCode' });
    },
  },
  {
    operation: 'create_user_mfa_verification',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.mfaVerifications.create.mutate({ userId: nobody, type: 'Totp' }),
  },
  {
    operation: 'create_user_mfa_verification',
    status: 422,
    code: 'user.totp_secret_invalid',
    provoke: async (scene) =>
      scene.client.users.mfaVerifications.create.mutate({
        userId: (await scene.user()).id,
        type: 'Totp',
        secret: '!!',
      }),
  },
  {
    operation: 'create_user_mfa_verification',
    status: 422,
    code: 'user.wrong_backup_code_format',
    provoke: async (scene) => {
      const { id: userId } = await scene.user();
      await scene.client.users.mfaVerifications.create.mutate({ userId, type: 'Totp' });
      return scene.client.users.mfaVerifications.create.mutate({ userId, type: 'BackupCode', codes: ['aaaaaaaaaa'] });
    },
  },
  {
    operation: 'delete_user_mfa_verification',
    status: 404,
    code: 'entity.not_found',
    provoke: async (scene) =>
      scene.client.users.mfaVerifications.delete.mutate({ userId: (await scene.user()).id, verificationId: 'nope' }),
  },
  {
    operation: 'list_user_mfa_verifications',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.mfaVerifications.list.query({ userId: nobody }),
  },
  {
    operation: 'create_user_personal_access_token',
    status: 400,
    code: 'request.invalid_input',
    provoke: async (scene) =>
      scene.client.users.personalAccessTokens.create.mutate({
        userId: (await scene.user()).id,
        name: 'past',
        expiresAt: 1,
      }),
  },
  {
    operation: 'create_user_personal_access_token',
    status: 422,
    code: 'user.personal_access_token_name_exists',
    provoke: async (scene) => {
      const { id: userId } = await scene.user();
      await scene.client.users.personalAccessTokens.create.mutate({ userId, name: 'one' });
      return scene.client.users.personalAccessTokens.create.mutate({ userId, name: 'one' });
    },
  },
  {
    operation: 'create_user_personal_access_token',
    status: 404,
    code: 'entity.relation_foreign_key_not_found',
    provoke: ({ client, nobody }) => client.users.personalAccessTokens.create.mutate({ userId: nobody, name: 'x' }),
  },
  {
    operation: 'update_user_personal_access_token',
    status: 422,
    code: 'user.personal_access_token_name_exists',
    provoke: async (scene) => {
      const { id: userId } = await scene.user();
      await scene.client.users.personalAccessTokens.create.mutate({ userId, name: 'one' });
      await scene.client.users.personalAccessTokens.create.mutate({ userId, name: 'two' });
      return scene.client.users.personalAccessTokens.update.mutate({ userId, name: 'one', newName: 'two' });
    },
  },
  {
    operation: 'update_user_personal_access_token',
    status: 404,
    code: 'entity.not_exists',
    provoke: async (scene) =>
      scene.client.users.personalAccessTokens.update.mutate({
        userId: (await scene.user()).id,
        name: 'nope',
        newName: 'x',
      }),
  },
  {
    operation: 'delete_user_personal_access_token',
    status: 404,
    code: 'entity.not_found',
    provoke: async (scene) =>
      scene.client.users.personalAccessTokens.delete.mutate({ userId: (await scene.user()).id, name: 'nope' }),
  },
  {
    operation: 'list_user_personal_access_tokens',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.personalAccessTokens.list.query({ userId: nobody }),
  },
  {
    operation: 'delete_user',
    status: 404,
    code: 'entity.not_found',
    provoke: ({ client, nobody }) => client.users.delete.mutate({ userId: nobody }),
  },
];

/** Recorded refusals that no typed input provokes: what causes them is refused before anything is sent. */
export const refusedEarly = [
  /guard\.invalid_input$/,
  /guard\.invalid_pagination$/,
  /^list_users 400 request\.invalid_input$/,
  /^list_users 422 entity\.invalid_input$/,
  /entity\.value_too_long$/,
  / 500 undefined$/,
  // No JSON, a body of over a megabyte, a path that is none.
  /^create_user 4\d\d undefined$/,
  /^get_user 404 undefined$/,
];

/** A refusal in one line. */
export const key = (operation: string, status: number, code: string | undefined): string =>
  `${operation} ${status} ${code}`;

/** All refusals of the recordings, but those of our own credential. */
export const recordedRefusals = (): Set<string> => {
  const lines = readFileSync(new URL('../../fixtures/recordings.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const keys = lines.map((line) => {
    const { operation, response } = JSON.parse(line);
    return { operation, status: response.status, code: response.body?.code };
  });
  return new Set(
    keys
      .filter(
        ({ operation, status }) => operation !== 'oidc_token' && status >= 400 && status !== 401 && status !== 403,
      )
      .map(({ operation, status, code }) => key(operation, status, code)),
  );
};
