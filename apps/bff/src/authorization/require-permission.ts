import type { Caller } from '../authentication/caller.js';
import { ProcedureError } from '../errors.js';
import type { Permission } from './permissions.js';

/**
 * Lets a caller pass who holds a permission.
 *
 * @throws ProcedureError FORBIDDEN, which tells the permission (RFC 6750, `insufficient_scope`).
 */
export const requirePermission = (caller: Caller, permission: Permission): void => {
  if (caller.permissions.includes(permission)) return;
  throw new ProcedureError('FORBIDDEN', `This needs the permission ${permission}.`, { requiredPermission: permission });
};

/** Lets a caller pass who holds the permissions of all fields that an input uses. */
export const requireFieldPermissions = (
  caller: Caller,
  input: object,
  fieldPermissions: Readonly<Record<string, Permission | undefined>>,
): void => {
  for (const [field, permission] of Object.entries(fieldPermissions)) {
    const isUsed = Object.hasOwn(input, field) && (input as Record<string, unknown>)[field] !== undefined;
    if (permission && isUsed) requirePermission(caller, permission);
  }
};
