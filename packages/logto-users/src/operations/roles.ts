import { z } from 'zod';
import { Role } from '../models/role.js';
import { operation } from '../operation.js';
import { namesOnePage, pageInput, pageOf, pageQuery } from '../pagination.js';
import { RoleSearch, roleSearchQuery } from '../search.js';
import { pathSegment, text, userId } from '../text.js';

/** Logto answers 500 to an id listed twice, and a replacement so refused has already removed the old roles. */
const roleIds = () =>
  z.array(text().min(1).max(128)).refine((ids) => new Set(ids).size === ids.length, 'Must not list an id twice');

/** Lists the roles of a user, a page at a time. */
export const listUserRoles = operation({
  name: 'listUserRoles',
  method: 'GET',
  path: '/api/users/{userId}/roles',
  summary: 'Lists the roles of a user, a page at a time.',
  input: z
    .strictObject({ userId: userId(), ...pageInput, search: z.optional(RoleSearch) })
    .refine(namesOnePage, 'Give page or cursor, not both'),
  output: pageOf(Role),
  paged: true,
  query: ({ search, ...page }) => new URLSearchParams([...pageQuery(page), ...(search ? roleSearchQuery(search) : [])]),
  errors: ['entity.not_found'],
});

/** Adds roles to a user; roles already held are left alone. */
export const assignUserRoles = operation({
  name: 'assignUserRoles',
  method: 'POST',
  path: '/api/users/{userId}/roles',
  summary: 'Adds roles to a user; roles already held are left alone.',
  input: z.strictObject({ userId: userId(), roleIds: roleIds() }),
  output: z.object({
    roleIds: z.array(z.string()),
    /** The ones that the user did not hold before; servers before v1.36 do not tell. */
    addedRoleIds: z.array(z.string()).optional(),
  }),
  silentAnswer: (input) => ({ roleIds: input.roleIds }),
  exclusive: 'roles',
  errors: ['entity.not_found', 'entity.not_exists_with_id'],
});

/** Replaces all roles of a user. */
export const replaceUserRoles = operation({
  name: 'replaceUserRoles',
  method: 'PUT',
  path: '/api/users/{userId}/roles',
  summary: 'Replaces all roles of a user.',
  input: z.strictObject({ userId: userId(), roleIds: roleIds() }),
  output: z.object({ roleIds: z.array(z.string()) }),
  silentAnswer: (input) => ({ roleIds: input.roleIds }),
  exclusive: 'roles',
  errors: ['entity.not_found', 'entity.not_exists_with_id', 'entity.db_constraint_violated'],
});

/** Removes a role from a user. */
export const deleteUserRole = operation({
  name: 'deleteUserRole',
  method: 'DELETE',
  path: '/api/users/{userId}/roles/{roleId}',
  summary: 'Removes a role from a user.',
  input: z.strictObject({ userId: userId(), roleId: pathSegment() }),
  output: z.undefined(),
  exclusive: 'roles',
  errors: ['entity.not_found'],
});
