import { randomInt } from 'node:crypto';
import type { ApiResource } from './options.js';
import { hashPassword } from './password.js';
import { newId, newTokenValue, newUser, type RoleRecord, type Store, type UserRecord } from './store.js';

/** The password of every seeded user. */
export const SEED_PASSWORD = 'sandbox-password';

/** Id of the seeded social connector; its target is `mock-social`. */
export const SOCIAL_CONNECTOR_ID = 'sandbox-social';

const GIVEN =
  'Ada Bela Chidi Dilan Elif Farid Greta Hana Ines Jonas Kenji Lena Mila Noor Omar Pia Quentin Rosa Samir Tove Uma Vera Wim Xenia Yara'.split(
    ' ',
  );
const FAMILY =
  'Amsel Birke Castro Duval Eriksen Falk Gomes Haas Ito Jansen Kaya Lopes Meyer Nowak Okafor Petrov Quist Rossi Sato Torres'.split(
    ' ',
  );
const COUNTRIES = ['DE', 'FR', 'JP', 'BR', 'NG', 'SE', 'US'];

const DAY = 86_400_000;

const seedRoles = (
  store: Store,
  resources: readonly ApiResource[],
): { admin: RoleRecord; reader: RoleRecord; support: RoleRecord } => {
  const role = (
    name: string,
    description: string,
    holds: (scope: string) => boolean,
    type: RoleRecord['type'] = 'User',
  ): RoleRecord => {
    const permissions = Object.fromEntries(resources.map(({ indicator, scopes }) => [indicator, scopes.filter(holds)]));
    const record: RoleRecord = { id: newId(), name, description, type, isDefault: false, permissions };
    store.roles.set(record.id, record);
    return record;
  };
  role(
    'Logto Management API access',
    'Machines with this role may call the Management API',
    () => false,
    'MachineToMachine',
  );
  role('customer', 'Has bought something', () => false);
  role('beta tester', 'Sees features before others', () => false);
  return {
    admin: role('users-bff admin', 'All permissions of the API resources', () => true),
    support: role('users-bff support', 'Reads and writes users', (scope) => /:(read|write)$/.test(scope)),
    reader: role('users-bff read-only', 'Reads users', (scope) => scope.endsWith(':read')),
  };
};

const seedUser = (index: number, count: number, digest: string, now: number): UserRecord => {
  const given = GIVEN[index % GIVEN.length] as string;
  const family = FAMILY[Math.floor(index / GIVEN.length) % FAMILY.length] as string;
  const round = Math.floor(index / (GIVEN.length * FAMILY.length));
  const username = `${given}_${family}${round || ''}`.toLowerCase();
  const createdAt = now - Math.round(((count - index) / count) * 400 * DAY);
  const isEmployee = index % 5 === 0;
  return newUser({
    // The same at every start, so that an example can name one.
    id: `${given.toLowerCase().slice(0, 4).padEnd(4, '0')}${String(index).padStart(8, '0')}`,
    username,
    primaryEmail: `${username.replace('_', '.')}@example.com`,
    primaryPhone: index % 3 === 0 ? `1415555${String(index % 10_000).padStart(4, '0')}` : null,
    name: `${given} ${family}`,
    avatar: index % 4 === 0 ? `https://example.com/avatars/${username}.png` : null,
    passwordDigest: index % 7 === 6 ? null : digest,
    passwordAlgorithm: index % 7 === 6 ? null : 'Argon2i',
    customData: isEmployee
      ? { department: ['sales', 'support', 'engineering'][index % 3], seats: (index % 9) + 1 }
      : {},
    profile: {
      givenName: given,
      familyName: family,
      locale: index % 2 ? 'en-US' : 'de-DE',
      ...(index % 6 === 0 && { address: { country: COUNTRIES[index % COUNTRIES.length], locality: 'Exampleton' } }),
    },
    identities: index % 6 === 1 ? { github: { userId: `gh-${index}`, details: { name: given } } } : {},
    isSuspended: index % 25 === 24,
    lastSignInAt: index % 3 === 2 ? null : createdAt + randomInt(DAY),
    createdAt,
    updatedAt: createdAt,
  });
};

const addTrimmings = (store: Store, user: UserRecord, index: number): void => {
  const createdAt = new Date(user.createdAt).toISOString();
  if (index % 8 === 0) {
    user.mfaVerifications.push({ id: newId(), type: 'Totp', createdAt, secret: 'JBSWY3DPEHPK3PXP' });
  }
  if (index % 16 === 0) {
    const codes = Array.from({ length: 10 }, (_, code) => ({ code: `${code}`.padStart(10, '0') }));
    user.mfaVerifications.push({ id: newId(), type: 'BackupCode', createdAt, codes });
  }
  if (index % 24 === 0) {
    user.mfaVerifications.push({
      id: newId(),
      type: 'WebAuthn',
      createdAt,
      agent: 'Mozilla/5.0',
      name: 'Security key',
    });
  }
  if (index % 10 === 0) {
    const { id: userId, createdAt: at } = user;
    store.tokens.push({ userId, name: 'ci', value: newTokenValue(), createdAt: at, expiresAt: null });
  }
};

/** Fills a store with invented users, roles, organizations, identities, second factors and tokens. */
export const seed = async (store: Store, count: number, resources: readonly ApiResource[]): Promise<void> => {
  const { admin, reader, support } = seedRoles(store, resources);
  const now = Date.now();
  const digest = await hashPassword(SEED_PASSWORD);
  store.connectors.set(SOCIAL_CONNECTOR_ID, { id: SOCIAL_CONNECTOR_ID, target: 'mock-social', isSocial: true });
  store.connectors.set('sandbox-email', { id: 'sandbox-email', target: 'email', isSocial: false });

  const organizations = ['Acme', 'Globex', 'Initech'].map((name, index) => {
    const createdAt = now - (300 - index) * DAY;
    const organization = { id: newId(), name, description: `${name}, invented`, createdAt, members: new Map() };
    store.organizations.set(organization.id, organization);
    return organization;
  });
  const editor = { id: newId(), name: 'editor' };
  const [customer, beta] = [...store.roles.values()].filter(
    ({ name }) => name === 'customer' || name === 'beta tester',
  );

  const staff = { admin, support, reader };
  for (const [name, role] of Object.entries(staff)) {
    const createdAt = now - 500 * DAY;
    const person = newUser({
      username: name,
      primaryEmail: `${name}@example.com`,
      name: `The ${name}`,
      passwordDigest: digest,
      passwordAlgorithm: 'Argon2i',
      roleIds: [role.id],
      createdAt,
      updatedAt: createdAt,
    });
    store.users.set(person.id, person);
  }
  for (let index = 0; index < count - Object.keys(staff).length; index += 1) {
    const user = seedUser(index, count, digest, now);
    user.roleIds = [...(index % 2 && customer ? [customer.id] : []), ...(index % 9 === 0 && beta ? [beta.id] : [])];
    addTrimmings(store, user, index);
    organizations[index % 4]?.members.set(user.id, index % 8 === 0 ? [editor] : []);
    store.users.set(user.id, user);
  }
};
