import { z } from 'zod';
import { jsonObjectInput } from '../json.js';
import { User } from '../models/user.js';
import type { CreateUserInput, ListUsersInput, UpdateUserInput } from '../models/user-input.js';
import { UserProfileInput } from '../models/user-profile.js';
import { operation } from '../operation.js';
import { namesOnePage, type Page, pageInput, pageOf, pageQuery } from '../pagination.js';
import { UserSearch, userSearchQuery } from '../search.js';
import { boundedText, pathSegment, text, userId } from '../text.js';

const username = () =>
  boundedText(128)
    .regex(/^[A-Z_a-z]\w*$/)
    .describe('letters, digits and _, no digit first');
const email = () =>
  boundedText(128)
    .regex(/^\S+@\S+\.\S+$/)
    .describe('an e-mail address');
const phone = () =>
  boundedText(128)
    .regex(/^\d+$/, 'Must be digits only, country code first')
    .describe('digits only, country code first');
/** Logto takes any scheme, `javascript:` too; whoever shows the picture would run it. */
const avatar = () =>
  boundedText(2048)
    .describe('an http or https URL')
    .pipe(z.url({ protocol: /^https?$/ }));
const cleared = () => z.literal('').nullable();

/** Lists users, newest first, a page at a time. */
export const listUsers = operation<ListUsersInput, Page<User>>({
  name: 'listUsers',
  method: 'GET',
  path: '/api/users',
  summary: 'Lists users, newest first, a page at a time.',
  input: z
    .strictObject({
      ...pageInput,
      search: z.optional(UserSearch),
      excludeRoleId: pathSegment().optional(),
      excludeOrganizationId: pathSegment().optional(),
    })
    .refine(namesOnePage, 'Give page or cursor, not both')
    .refine(
      (input) => input.excludeRoleId === undefined || input.excludeOrganizationId === undefined,
      'Give excludeRoleId or excludeOrganizationId, not both',
    ),
  output: pageOf(User),
  paged: true,
  query: ({ search, excludeRoleId, excludeOrganizationId, ...page }) => {
    const query = new URLSearchParams([...pageQuery(page), ...(search ? userSearchQuery(search) : [])]);
    if (excludeRoleId !== undefined) query.set('excludeRoleId', excludeRoleId);
    if (excludeOrganizationId !== undefined) query.set('excludeOrganizationId', excludeOrganizationId);
    return query;
  },
  errors: [],
});

/** Gets a user by id. */
export const getUser = operation({
  name: 'getUser',
  method: 'GET',
  path: '/api/users/{userId}',
  summary: 'Gets a user by id.',
  input: z.strictObject({
    userId: userId(),
    /** Adds `ssoIdentities` to the answer. */
    includeSsoIdentities: z.boolean().optional(),
  }),
  output: User,
  errors: ['entity.not_found'],
});

/** Creates a user; every field is optional, and a new user gets the default roles. */
export const createUser = operation<CreateUserInput, User>({
  name: 'createUser',
  method: 'POST',
  path: '/api/users',
  summary: 'Creates a user; every field is optional, and a new user gets the default roles.',
  input: z.strictObject({
    username: username().optional(),
    primaryEmail: email().optional(),
    primaryPhone: phone().optional(),
    name: boundedText(128).optional(),
    avatar: z.union([avatar(), cleared()]).optional(),
    password: text().min(1).optional(),
    passwordDigest: boundedText(256).optional(),
    passwordAlgorithm: z
      .enum(['Argon2i', 'Argon2id', 'Argon2d', 'SHA1', 'SHA256', 'MD5', 'Bcrypt', 'Legacy'])
      .optional(),
    customData: jsonObjectInput().optional(),
    profile: z.optional(UserProfileInput),
  }),
  output: User,
  errors: [
    'user.username_already_in_use',
    'user.email_already_in_use',
    'user.phone_already_in_use',
    'user.invalid_phone',
    'user.password_algorithm_required',
    'user.password_and_digest',
    'password.invalid_legacy_password_format',
  ],
});

/** Updates a user; null or an empty string clears a field, customData and profile are replaced whole. */
export const updateUser = operation<UpdateUserInput, User>({
  name: 'updateUser',
  method: 'PATCH',
  path: '/api/users/{userId}',
  summary: 'Updates a user; null or an empty string clears a field, customData and profile are replaced whole.',
  input: z.strictObject({
    userId: userId(),
    username: z.union([username(), cleared()]).optional(),
    primaryEmail: z.union([email(), cleared()]).optional(),
    primaryPhone: z.union([phone(), cleared()]).optional(),
    name: boundedText(128).nullable().optional(),
    avatar: z.union([avatar(), cleared()]).optional(),
    customData: jsonObjectInput().optional(),
    profile: z.optional(UserProfileInput),
  }),
  output: User,
  errors: [
    'entity.not_found',
    'entity.invalid_input',
    'user.username_already_in_use',
    'user.email_already_in_use',
    'user.phone_already_in_use',
    'user.invalid_phone',
  ],
});

/** Deletes a user and everything attached; sessions and tokens are revoked. */
export const deleteUser = operation({
  name: 'deleteUser',
  method: 'DELETE',
  path: '/api/users/{userId}',
  summary: 'Deletes a user and everything attached; sessions and tokens are revoked.',
  input: z.strictObject({ userId: userId() }),
  output: z.undefined(),
  errors: ['entity.not_found'],
});

/** Suspends a user or lifts the suspension. */
export const updateUserIsSuspended = operation({
  name: 'updateUserIsSuspended',
  method: 'PATCH',
  path: '/api/users/{userId}/is-suspended',
  summary: 'Suspends a user or lifts the suspension.',
  input: z.strictObject({ userId: userId(), isSuspended: z.boolean() }),
  output: User,
  errors: ['entity.not_found'],
});
