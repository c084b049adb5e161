import type { LogtoErrorCode } from '@users-bff/logto-users';

/** Codes of Logto that are about one field of the input: Logto itself says no field. */
const fields: Readonly<Partial<Record<LogtoErrorCode, string>>> = {
  'connector.authorization_failed': 'connectorData',
  'connector.not_implemented': 'connectorId',
  'connector.social_auth_code_invalid': 'connectorData',
  'connector.social_invalid_access_token': 'connectorData',
  'connector.social_invalid_id_token': 'connectorData',
  'guard.invalid_pagination': 'page',
  'password.invalid_legacy_password_format': 'passwordDigest',
  'password.unsupported_encryption_method': 'passwordAlgorithm',
  'password.unsupported_legacy_hash_algorithm': 'passwordDigest',
  'session.invalid_connector_id': 'connectorId',
  'session.invalid_credentials': 'password',
  'session.mfa.backup_code_can_not_be_alone': 'type',
  'user.backup_code_already_in_use': 'type',
  'user.email_already_in_use': 'primaryEmail',
  'user.identity_not_exist': 'target',
  'user.invalid_phone': 'primaryPhone',
  'user.invalid_role_type': 'roleIds',
  'user.password_algorithm_required': 'passwordAlgorithm',
  'user.password_and_digest': 'passwordDigest',
  'user.personal_access_token_name_exists': 'name',
  'user.phone_already_in_use': 'primaryPhone',
  'user.totp_already_in_use': 'type',
  'user.totp_secret_invalid': 'secret',
  'user.username_already_in_use': 'username',
  'user.wrong_backup_code_format': 'codes',
};

/** The field of the input that a refusal is about; `undefined` where it is about none, or nobody knows. */
export const fieldOf = (code: LogtoErrorCode | undefined): string | undefined =>
  code !== undefined && Object.hasOwn(fields, code) ? fields[code] : undefined;
