import { randomBytes } from 'node:crypto';

/** A second factor as the sandbox keeps it. */
export interface MfaRecord {
  id: string;
  type: 'Totp' | 'WebAuthn' | 'BackupCode';
  createdAt: string;
  lastUsedAt?: string;
  agent?: string;
  name?: string;
  secret?: string;
  codes?: { code: string; usedAt?: string }[];
}

/** An enterprise SSO identity as the sandbox keeps and answers it. */
export interface SsoIdentityRecord {
  tenantId: string;
  id: string;
  userId: string;
  issuer: string;
  identityId: string;
  detail: Record<string, unknown>;
  createdAt: number;
  updatedAt: number;
  ssoConnectorId: string;
}

/** A user as the sandbox keeps it. */
export interface UserRecord {
  id: string;
  username: string | null;
  primaryEmail: string | null;
  primaryPhone: string | null;
  passwordDigest: string | null;
  passwordAlgorithm: string | null;
  name: string | null;
  avatar: string | null;
  customData: Record<string, unknown>;
  identities: Record<string, { userId: string; details?: Record<string, unknown> }>;
  ssoIdentities: SsoIdentityRecord[];
  mfaVerifications: MfaRecord[];
  profile: Record<string, unknown>;
  applicationId: string | null;
  isSuspended: boolean;
  lastSignInAt: number | null;
  createdAt: number;
  updatedAt: number;
  roleIds: string[];
}

/** A role; `permissions` are the scopes of API resources that it brings to its users. */
export interface RoleRecord {
  id: string;
  name: string;
  description: string;
  type: 'User' | 'MachineToMachine';
  isDefault: boolean;
  permissions: Record<string, string[]>;
}

/** An organization with its members and their roles in it. */
export interface OrganizationRecord {
  id: string;
  name: string;
  description: string | null;
  createdAt: number;
  members: Map<string, { id: string; name: string }[]>;
}

/** A personal access token; the user and the name are its key. */
export interface TokenRecord {
  userId: string;
  name: string;
  value: string;
  createdAt: number;
  expiresAt: number | null;
}

/** A connector: only social ones can link identities. */
export interface ConnectorRecord {
  id: string;
  target: string;
  isSocial: boolean;
}

/** Everything that the sandbox knows, in memory. */
export interface Store {
  /** In the order of creation. */
  readonly users: Map<string, UserRecord>;
  readonly roles: Map<string, RoleRecord>;
  readonly organizations: Map<string, OrganizationRecord>;
  readonly connectors: Map<string, ConnectorRecord>;
  tokens: TokenRecord[];
}

/** A store with nothing in it. */
export const createStore = (): Store => ({
  users: new Map(),
  roles: new Map(),
  organizations: new Map(),
  connectors: new Map(),
  tokens: [],
});

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LETTERS = `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

const random = (length: number, alphabet: string): string =>
  Array.from(randomBytes(length * 2), (byte) => alphabet[byte % alphabet.length])
    .slice(0, length)
    .join('');

/** A user's id, as today's Logto makes them: 12 characters of `[a-z0-9]`. */
const newUserId = (): string => random(12, LOWER);

/** The id of anything else: 21 characters. */
export const newId = (): string => random(21, LOWER);

/** The value of a new personal access token. */
export const newTokenValue = (): string => `pat_${random(32, LETTERS)}`;

/** A user with nothing but an id. */
export const newUser = (fields: Partial<UserRecord> = {}): UserRecord => {
  const now = Date.now();
  return {
    id: newUserId(),
    username: null,
    primaryEmail: null,
    primaryPhone: null,
    passwordDigest: null,
    passwordAlgorithm: null,
    name: null,
    avatar: null,
    customData: {},
    identities: {},
    ssoIdentities: [],
    mfaVerifications: [],
    profile: {},
    applicationId: null,
    isSuspended: false,
    lastSignInAt: null,
    createdAt: now,
    updatedAt: now,
    roleIds: [],
    ...fields,
  };
};
