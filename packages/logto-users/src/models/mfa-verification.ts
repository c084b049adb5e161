import { z } from 'zod';
import type { Equal, Expect } from './lock.js';

/** A second factor of a user. */
export interface MfaVerification {
  id: string;
  /** `Totp`, `WebAuthn` or `BackupCode`; newer servers may know more. */
  type: string;
  /** ISO 8601, unlike the other times of this API. */
  createdAt: string;
  /** ISO 8601; WebAuthn only. */
  lastUsedAt?: string;
  /** The browser that registered the key; WebAuthn only. */
  agent?: string;
  /** The name that the user gave the key; WebAuthn only. */
  name?: string;
  /** Unused codes; BackupCode only. */
  remainCodes?: number;
}

const schema = z.object({
  id: z.string(),
  type: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().optional(),
  agent: z.string().optional(),
  name: z.string().optional(),
  remainCodes: z.number().optional(),
});

/** A second factor in an answer: fields that this version does not know are kept. */
export const MfaVerification: z.core.$ZodType<MfaVerification, MfaVerification> = schema.loose();

export type MfaVerificationLock = Expect<Equal<MfaVerification, z.infer<typeof schema>>>;

/** A new TOTP factor. Logto shows the secret this once. */
export interface CreatedTotp {
  type: 'Totp';
  /** Base32. */
  secret: string;
  /** A `data:` URL of a PNG for authenticator apps. */
  secretQrCode: string;
}

/** New backup codes. Logto shows them this once. */
export interface CreatedBackupCodes {
  type: 'BackupCode';
  codes: string[];
}

/** A new second factor: narrow it by `type`. */
export type CreatedMfaVerification = CreatedTotp | CreatedBackupCodes;

const totp = z.object({ type: z.literal('Totp'), secret: z.string(), secretQrCode: z.string() });
const backupCodes = z.object({ type: z.literal('BackupCode'), codes: z.array(z.string()) });

/** A new second factor in an answer: fields that this version does not know are kept. */
export const CreatedMfaVerification: z.core.$ZodType<CreatedMfaVerification, CreatedMfaVerification> =
  z.discriminatedUnion('type', [totp.loose(), backupCodes.loose()]);

export type CreatedTotpLock = Expect<Equal<CreatedTotp, z.infer<typeof totp>>>;
export type CreatedBackupCodesLock = Expect<Equal<CreatedBackupCodes, z.infer<typeof backupCodes>>>;
