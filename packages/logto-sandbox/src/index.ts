export type { Fault, Target } from './faults.js';
export {
  type ApiResource,
  type Application,
  MANAGEMENT_API,
  type MachineApplication,
  managementApplication,
  type PublicApplication,
  powerlessApplication,
  type SandboxOptions,
} from './options.js';
export { type Sandbox, type SeenRequest, startSandbox } from './sandbox.js';
export { SEED_PASSWORD, SOCIAL_CONNECTOR_ID } from './seed.js';
export {
  type ConnectorRecord,
  type MfaRecord,
  newId,
  newUser,
  type OrganizationRecord,
  type RoleRecord,
  type SsoIdentityRecord,
  type Store,
  type TokenRecord,
  type UserRecord,
} from './store.js';
