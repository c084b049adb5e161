export {
  createLogtoUsersClient,
  type LogtoUsersClient,
  type LogtoUsersClientOptions,
  type LogtoUsersMethods,
} from './client.js';
export { knownErrorCodes, type LogtoErrorCode } from './error-codes.js';
export {
  type InputIssue,
  LogtoApiError,
  LogtoBodyTooLargeError,
  LogtoCircuitOpenError,
  LogtoConnectionError,
  LogtoInputError,
  type LogtoRefusal,
  LogtoResponseError,
  LogtoTimeoutError,
  LogtoUsersError,
  type Outcome,
} from './errors.js';
export type { JsonObject, JsonValue } from './json.js';
export { jsonTextOf } from './json-text.js';
export type {
  CreatedBackupCodes,
  CreatedMfaVerification,
  CreatedTotp,
  MfaVerification,
} from './models/mfa-verification.js';
export type { Organization, OrganizationRole } from './models/organization.js';
export type { PersonalAccessToken } from './models/personal-access-token.js';
export type { Role } from './models/role.js';
export type { User, UserIdentities, UserIdentity, UserSsoIdentity } from './models/user.js';
export type { CreateUserInput, ListUsersInput, PasswordAlgorithm, UpdateUserInput } from './models/user-input.js';
export type { UserAddress, UserProfile } from './models/user-profile.js';
export type { HttpMethod, InputOf, Operation, OutputOf, Route } from './operation.js';
export * as operations from './operations/index.js';
export type { Page, PageInput } from './pagination.js';
export type { BreakerState } from './resilience/circuit-breaker.js';
export type { Match, RoleSearch, UserSearch } from './search.js';
export type { Attempt, AttemptObserver, CallOptions, Send, SendOptions } from './send.js';
export type { TransportOptions } from './transport.js';
