import { z } from 'zod';
import { type JsonObject, jsonObject } from '../json.js';
import type { Equal, Expect } from './lock.js';
import { UserProfile } from './user-profile.js';

/** A social identity that is linked to a user. */
export interface UserIdentity {
  /** The user's id at the social provider. */
  userId: string;
  /** What the provider told about the user. */
  details?: JsonObject;
}

/** A user's social identities by target: the connector's target (`google`, `github`), not its id. */
export interface UserIdentities {
  [target: string]: UserIdentity;
}

/** An enterprise SSO identity that is linked to a user. */
export interface UserSsoIdentity {
  id: string;
  userId: string;
  issuer: string;
  /** The user's id at the issuer. */
  identityId: string;
  detail: JsonObject;
  ssoConnectorId: string;
  /** Epoch milliseconds. */
  createdAt?: number;
  /** Epoch milliseconds. */
  updatedAt?: number;
}

/** A user of the Logto tenant. */
export interface User {
  id: string;
  username: string | null;
  primaryEmail: string | null;
  /** Digits only, country code first; may differ from what was written, because Logto normalises it. */
  primaryPhone: string | null;
  name: string | null;
  /** A URL of any scheme: check it before you render it. */
  avatar: string | null;
  /** Any JSON object; `{}` when empty. */
  customData: JsonObject;
  identities: UserIdentities;
  /** Epoch milliseconds; `null` before the first sign-in. */
  lastSignInAt: number | null;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Epoch milliseconds. */
  updatedAt?: number;
  profile: UserProfile;
  /** The application in which the user first gave consent. */
  applicationId: string | null;
  /** Suspended users cannot sign in; tokens already issued stay valid until they expire. */
  isSuspended: boolean;
  hasPassword?: boolean;
  /** Only where `includeSsoIdentities` asked for it. */
  ssoIdentities?: UserSsoIdentity[];
}

const identity = { userId: z.string(), details: jsonObject().optional() };

/** The social identities of a user, by target. */
export const UserIdentities: z.core.$ZodType<UserIdentities, UserIdentities> = z.record(
  z.string(),
  z.looseObject(identity),
);

const ssoIdentity = z.object({
  id: z.string(),
  userId: z.string(),
  issuer: z.string(),
  identityId: z.string(),
  detail: jsonObject(),
  ssoConnectorId: z.string(),
  createdAt: z.number().optional(),
  updatedAt: z.number().optional(),
});

const schema = z.object({
  id: z.string(),
  username: z.string().nullable(),
  primaryEmail: z.string().nullable(),
  primaryPhone: z.string().nullable(),
  name: z.string().nullable(),
  avatar: z.string().nullable(),
  customData: jsonObject(),
  identities: UserIdentities,
  lastSignInAt: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number().optional(),
  profile: UserProfile,
  applicationId: z.string().nullable(),
  isSuspended: z.boolean(),
  hasPassword: z.boolean().optional(),
  ssoIdentities: z.array(ssoIdentity.loose() as unknown as typeof ssoIdentity).optional(),
});

/** A user in an answer: fields that this version does not know are kept. */
export const User: z.core.$ZodType<User, User> = schema.loose();

export type UserLock = Expect<Equal<User, z.infer<typeof schema>>>;
