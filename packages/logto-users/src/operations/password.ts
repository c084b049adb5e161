import { z } from 'zod';
import { User } from '../models/user.js';
import { operation } from '../operation.js';
import { text, userId } from '../text.js';

/** Tells whether a user has a password. */
export const getUserHasPassword = operation({
  name: 'getUserHasPassword',
  method: 'GET',
  path: '/api/users/{userId}/has-password',
  summary: 'Tells whether a user has a password.',
  input: z.strictObject({ userId: userId() }),
  output: z.object({ hasPassword: z.boolean() }),
  errors: ['entity.not_found'],
});

/** Sets a user's password; no password policy applies, and sessions are kept. */
export const updateUserPassword = operation({
  name: 'updateUserPassword',
  method: 'PATCH',
  path: '/api/users/{userId}/password',
  summary: "Sets a user's password; no password policy applies, and sessions are kept.",
  input: z.strictObject({ userId: userId(), password: text().min(1) }),
  output: User,
  errors: ['entity.not_found'],
});

/** Checks a user's password; a wrong one is refused with session.invalid_credentials. */
export const verifyUserPassword = operation({
  name: 'verifyUserPassword',
  method: 'POST',
  path: '/api/users/{userId}/password/verify',
  summary: "Checks a user's password; a wrong one is refused with session.invalid_credentials.",
  input: z.strictObject({ userId: userId(), password: text().min(1) }),
  output: z.undefined(),
  errors: ['session.invalid_credentials'],
});
