import { z } from 'zod';
import { PersonalAccessToken } from '../models/personal-access-token.js';
import { operation } from '../operation.js';
import { boundedText, userId } from '../text.js';

const tokenName = () => boundedText(256).min(1);

const TOKENS = '/api/users/{userId}/personal-access-tokens';

/** A token may be named `.` or `..`, which no path can carry; routes of v1.33 take the name in the body. */
const isDotSegment = (name: string): boolean => name === '.' || name === '..';

/** Lists the personal access tokens of a user, secrets included. */
export const listUserPersonalAccessTokens = operation({
  name: 'listUserPersonalAccessTokens',
  method: 'GET',
  path: TOKENS,
  summary: 'Lists the personal access tokens of a user, secrets included.',
  input: z.strictObject({ userId: userId() }),
  output: z.array(PersonalAccessToken),
  errors: ['entity.not_found'],
});

/** Makes a personal access token for a user. */
export const createUserPersonalAccessToken = operation({
  name: 'createUserPersonalAccessToken',
  method: 'POST',
  path: TOKENS,
  summary: 'Makes a personal access token for a user.',
  input: z.strictObject({
    userId: userId(),
    name: tokenName(),
    /** Epoch milliseconds, in the future; null or absent means never. */
    expiresAt: z.int().min(1).nullable().optional(),
  }),
  output: PersonalAccessToken,
  errors: ['request.invalid_input', 'entity.relation_foreign_key_not_found', 'user.personal_access_token_name_exists'],
});

/** Renames a personal access token; its expiry cannot be changed. */
export const updateUserPersonalAccessToken = operation({
  name: 'updateUserPersonalAccessToken',
  method: 'PATCH',
  path: `${TOKENS}/{name}`,
  summary: 'Renames a personal access token; its expiry cannot be changed.',
  input: z.strictObject({ userId: userId(), name: tokenName(), newName: tokenName() }),
  body: ({ newName }) => ({ name: newName }),
  reroute: ({ name, newName }) =>
    isDotSegment(name) ? { method: 'PATCH', path: TOKENS, body: { currentName: name, name: newName } } : undefined,
  output: PersonalAccessToken,
  errors: ['entity.not_exists', 'user.personal_access_token_name_exists'],
});

/** Deletes a personal access token of a user. */
export const deleteUserPersonalAccessToken = operation({
  name: 'deleteUserPersonalAccessToken',
  method: 'DELETE',
  path: `${TOKENS}/{name}`,
  summary: 'Deletes a personal access token of a user.',
  input: z.strictObject({ userId: userId(), name: tokenName() }),
  reroute: ({ name }) =>
    isDotSegment(name) ? { method: 'POST', path: `${TOKENS}/delete`, body: { name } } : undefined,
  output: z.undefined(),
  errors: ['entity.not_found'],
});
