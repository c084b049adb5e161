import { z } from 'zod';
import type { Equal, Expect } from './lock.js';

/** A personal access token. It acts as the user: treat `value` as a password. */
export interface PersonalAccessToken {
  userId: string;
  /** Unique for the user; the token has no other id. */
  name: string;
  /** The secret itself, in clear. */
  value: string;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Epoch milliseconds; `null` means never. */
  expiresAt: number | null;
}

const schema = z.object({
  userId: z.string(),
  name: z.string(),
  value: z.string(),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
});

/** A personal access token in an answer: fields that this version does not know are kept. */
export const PersonalAccessToken: z.core.$ZodType<PersonalAccessToken, PersonalAccessToken> = schema.loose();

export type PersonalAccessTokenLock = Expect<Equal<PersonalAccessToken, z.infer<typeof schema>>>;
