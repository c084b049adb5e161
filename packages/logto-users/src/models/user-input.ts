import type { JsonObject } from '../json.js';
import type { PageInput } from '../pagination.js';
import type { UserSearch } from '../search.js';
import type { UserProfile } from './user-profile.js';

/** Which users, and which page of them. */
export interface ListUsersInput extends PageInput {
  search?: UserSearch;
  /** Only users without this role. */
  excludeRoleId?: string;
  /** Only users who are no members of this organization. */
  excludeOrganizationId?: string;
}

/** How passwords are hashed that were made elsewhere. */
export type PasswordAlgorithm = 'Argon2i' | 'Argon2id' | 'Argon2d' | 'SHA1' | 'SHA256' | 'MD5' | 'Bcrypt' | 'Legacy';

/** A user to be made. */
export interface CreateUserInput {
  /** Letters, digits and `_`, no digit first; unique. */
  username?: string;
  /** Unique, whatever the case. */
  primaryEmail?: string;
  /** Digits only, country code first; unique. */
  primaryPhone?: string;
  name?: string;
  /** An http or https URL. */
  avatar?: string | null;
  /** In clear; Logto hashes it. No password policy applies here. */
  password?: string;
  /** A hash made elsewhere; needs `passwordAlgorithm`. */
  passwordDigest?: string;
  passwordAlgorithm?: PasswordAlgorithm;
  /** Any JSON object. */
  customData?: JsonObject;
  profile?: UserProfile;
}

/** What is to change; `null` or an empty string clears a field. */
export interface UpdateUserInput {
  userId: string;
  /** Letters, digits and `_`, no digit first; unique. */
  username?: string | null;
  /** Unique, whatever the case. */
  primaryEmail?: string | null;
  /** Digits only, country code first; unique. */
  primaryPhone?: string | null;
  name?: string | null;
  /** An http or https URL. */
  avatar?: string | null;
  /** Replaces the whole; `updateUserCustomData` merges. */
  customData?: JsonObject;
  /** Replaces the whole; `updateUserProfile` merges. */
  profile?: UserProfile;
}
