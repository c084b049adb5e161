import { z } from 'zod';
import { text } from '../text.js';
import type { Equal, Expect } from './lock.js';

/** A postal address, as OpenID Connect's `address` claim has it (OpenID Connect Core 1.0, section 5.1.1). */
export interface UserAddress {
  formatted?: string;
  streetAddress?: string;
  locality?: string;
  region?: string;
  postalCode?: string;
  country?: string;
}

/** A user's profile: OpenID Connect's standard claims, in camelCase. Logto checks no format. */
export interface UserProfile {
  familyName?: string;
  givenName?: string;
  middleName?: string;
  nickname?: string;
  preferredUsername?: string;
  /** URL of a profile page. */
  profile?: string;
  /** URL of a web page or blog. */
  website?: string;
  gender?: string;
  /** `YYYY-MM-DD`, `0000-MM-DD` or `YYYY` by the standard; any text in fact. */
  birthdate?: string;
  /** A name of the IANA time zone database, such as `Europe/Berlin`. */
  zoneinfo?: string;
  /** A BCP 47 language tag, such as `de-DE`. */
  locale?: string;
  address?: UserAddress;
}

const addressOf = <T extends z.core.$ZodType<string, string>>(value: () => T) => ({
  formatted: z.optional(value()),
  streetAddress: z.optional(value()),
  locality: z.optional(value()),
  region: z.optional(value()),
  postalCode: z.optional(value()),
  country: z.optional(value()),
});

const profileOf = <T extends z.core.$ZodType<string, string>>(value: () => T) => ({
  familyName: z.optional(value()),
  givenName: z.optional(value()),
  middleName: z.optional(value()),
  nickname: z.optional(value()),
  preferredUsername: z.optional(value()),
  profile: z.optional(value()),
  website: z.optional(value()),
  gender: z.optional(value()),
  birthdate: z.optional(value()),
  zoneinfo: z.optional(value()),
  locale: z.optional(value()),
});

const address = z.object(addressOf(z.string));
const schema = z.object({ ...profileOf(z.string), address: address.optional() });

/** A profile in an answer: fields that this version does not know are kept. */
export const UserProfile: z.core.$ZodType<UserProfile, UserProfile> = z.looseObject({
  ...profileOf(z.string),
  address: z.looseObject(addressOf(z.string)).optional(),
});

/** A profile to be written: Logto drops unknown keys in silence, so they are refused here. */
export const UserProfileInput: z.core.$ZodType<UserProfile, UserProfile> = z.strictObject({
  ...profileOf(text),
  address: z.strictObject(addressOf(text)).optional(),
});

export type UserProfileLock = Expect<Equal<UserProfile, z.infer<typeof schema>>>;
