import type { Store, UserRecord } from '../store.js';
import { type ApiRequest, InternalError } from './exchange.js';
import { notFound, RequestError } from './request-error.js';

/** The columns that are bounded, with their lengths. */
const LENGTHS = { username: 128, primaryEmail: 128, primaryPhone: 128, name: 128, avatar: 2048 } as const;

/** A user as the API answers it. */
export const toUser = (request: ApiRequest, user: UserRecord, withDigest = false): Record<string, unknown> => {
  for (const [key, max] of Object.entries(LENGTHS)) {
    const value = user[key as keyof typeof LENGTHS];
    // Stored by code points, answered by UTF-16 units: such a user breaks every answer that holds it.
    if (request.dangers && value !== null && value.length > max)
      throw new InternalError('response does not fit its schema');
  }
  return {
    id: user.id,
    username: user.username,
    primaryEmail: user.primaryEmail,
    primaryPhone: user.primaryPhone,
    name: user.name,
    avatar: user.avatar,
    customData: user.customData,
    identities: user.identities,
    lastSignInAt: user.lastSignInAt,
    createdAt: user.createdAt,
    updatedAt: user.updatedAt,
    profile: user.profile,
    applicationId: user.applicationId,
    cimdClientId: null,
    isSuspended: user.isSuspended,
    hasPassword: user.passwordDigest !== null,
    ...(withDigest && { passwordDigest: user.passwordDigest, passwordAlgorithm: user.passwordAlgorithm }),
  };
};

/** The user that a path names, or a 404. */
export const userOf = (store: Store, id: string | undefined): UserRecord => {
  const user = store.users.get(id ?? '');
  if (!user) throw notFound();
  return user;
};

/** The database's own length check: in code points. */
export const checkLengths = (fields: Partial<Record<keyof typeof LENGTHS, unknown>>): void => {
  for (const [key, max] of Object.entries(LENGTHS)) {
    const value = fields[key as keyof typeof LENGTHS];
    if (typeof value === 'string' && Array.from(value).length > max) {
      const data = { message: `value too long for type character varying(${max})` };
      throw new RequestError(422, 'entity.value_too_long', { data });
    }
  }
};
