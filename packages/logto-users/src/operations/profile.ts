import { z } from 'zod';
import { jsonObject, jsonObjectInput } from '../json.js';
import { UserProfile, UserProfileInput } from '../models/user-profile.js';
import { operation } from '../operation.js';
import { userId } from '../text.js';

/** Gets a user's custom data. */
export const listUserCustomData = operation({
  name: 'listUserCustomData',
  method: 'GET',
  path: '/api/users/{userId}/custom-data',
  summary: "Gets a user's custom data.",
  input: z.strictObject({ userId: userId() }),
  output: jsonObject(),
  errors: ['entity.not_found'],
});

/** Merges keys into a user's custom data, one level deep, and returns the whole. */
export const updateUserCustomData = operation({
  name: 'updateUserCustomData',
  method: 'PATCH',
  path: '/api/users/{userId}/custom-data',
  summary: "Merges keys into a user's custom data, one level deep, and returns the whole.",
  input: z.strictObject({ userId: userId(), customData: jsonObjectInput() }),
  output: jsonObject(),
  errors: ['entity.not_found'],
});

/** Merges fields into a user's profile, one level deep, and returns the whole. */
export const updateUserProfile = operation({
  name: 'updateUserProfile',
  method: 'PATCH',
  path: '/api/users/{userId}/profile',
  summary: "Merges fields into a user's profile, one level deep, and returns the whole.",
  input: z.strictObject({ userId: userId(), profile: UserProfileInput }),
  output: UserProfile,
  errors: [],
});
