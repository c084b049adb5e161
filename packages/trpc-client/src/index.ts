export type { InputIssue, Permission, UsersErrorData, UsersErrorShape, Whoami } from '@users-bff/bff/client-types';
export type {
  CreatedBackupCodes,
  CreatedMfaVerification,
  CreatedTotp,
  CreateUserInput,
  JsonObject,
  JsonValue,
  ListUsersInput,
  LogtoErrorCode,
  LogtoRefusal,
  Match,
  MfaVerification,
  Organization,
  Page,
  PersonalAccessToken,
  Role,
  RoleSearch,
  UpdateUserInput,
  User,
  UserIdentities,
  UserProfile,
  UserSearch,
} from '@users-bff/logto-users';
export {
  type BatchOptions,
  type CallContext,
  createUsersClient,
  type UsersClient,
  type UsersClientOptions,
} from './client.js';
export { fieldErrors, isUsersError, type UsersError } from './errors.js';
export { type ListAllUsersOptions, listAllUsers } from './list-all-users.js';
export type { AppRouter, RouterInputs, RouterOutputs } from './router-types.js';
