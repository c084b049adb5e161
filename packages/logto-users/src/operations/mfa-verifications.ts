import { z } from 'zod';
import { CreatedMfaVerification, MfaVerification } from '../models/mfa-verification.js';
import { operation } from '../operation.js';
import { boundedText, pathSegment, userId } from '../text.js';

/** Lists the second factors of a user. */
export const listUserMfaVerifications = operation({
  name: 'listUserMfaVerifications',
  method: 'GET',
  path: '/api/users/{userId}/mfa-verifications',
  summary: 'Lists the second factors of a user.',
  input: z.strictObject({ userId: userId() }),
  output: z.array(MfaVerification),
  errors: ['entity.not_found'],
});

/** Gives a user a TOTP factor or backup codes; secret and codes are shown only in this answer. */
export const createUserMfaVerification = operation({
  name: 'createUserMfaVerification',
  method: 'POST',
  path: '/api/users/{userId}/mfa-verifications',
  summary: 'Gives a user a TOTP factor or backup codes; secret and codes are shown only in this answer.',
  input: z.discriminatedUnion('type', [
    z.strictObject({
      userId: userId(),
      type: z.literal('Totp'),
      /** Base32, 16 to 32 characters; made by Logto where it is absent. Logto would store an empty one. */
      secret: boundedText(256).min(1).optional(),
    }),
    z.strictObject({
      userId: userId(),
      type: z.literal('BackupCode'),
      /** Ten codes of ten hexadecimal digits; made by Logto where they are absent. */
      codes: z.array(boundedText(256)).optional(),
    }),
  ]),
  output: CreatedMfaVerification,
  exclusive: 'mfa',
  errors: [
    'entity.not_found',
    'user.totp_already_in_use',
    'user.totp_secret_invalid',
    'user.backup_code_already_in_use',
    'user.wrong_backup_code_format',
  ],
});

/** Removes a second factor from a user. */
export const deleteUserMfaVerification = operation({
  name: 'deleteUserMfaVerification',
  method: 'DELETE',
  path: '/api/users/{userId}/mfa-verifications/{verificationId}',
  summary: 'Removes a second factor from a user.',
  input: z.strictObject({ userId: userId(), verificationId: pathSegment() }),
  output: z.undefined(),
  exclusive: 'mfa',
  errors: ['entity.not_found'],
});
