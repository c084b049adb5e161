import type { Caller } from '../authentication/caller.js';
import { ProcedureError } from '../errors.js';
import { requirePermission } from './require-permission.js';

/** Whom callers may not touch, however many permissions they hold. */
export interface TargetRuleOptions {
  /** Callers may change themselves. */
  readonly allowSelf: boolean;
  /** Ids of roles that are given and taken, and whose holders are touched, with `users:protected` alone. */
  readonly protectedRoles: readonly string[];
}

/** A call that touches somebody: a mutation, or a query that answers secrets. */
export interface Touch {
  readonly isMutation: boolean;
  readonly input: object;
  /** The ids of the roles that a user holds now. */
  readonly rolesOf: (userId: string) => Promise<readonly string[]>;
}

/** Lets a touch pass, or throws ProcedureError FORBIDDEN. */
export type CheckTouch = (caller: Caller, touch: Touch) => Promise<void>;

const strings = (...values: unknown[]): string[] => values.flat().filter((value) => typeof value === 'string');

/**
 * Makes the rules on targets.
 *
 * Roles are looked up before the act and not together with it: who is given a protected role in between is touched all
 * the same. Logto's API has no way to ask for both at once.
 */
export const createTargetRules = ({ allowSelf, protectedRoles }: TargetRuleOptions): CheckTouch => {
  const isProtected = (roleId: string): boolean => protectedRoles.includes(roleId);

  return async (caller, { isMutation, input, rolesOf }) => {
    const { userId, roleIds, roleId } = input as Record<string, unknown>;
    if (isMutation && !allowSelf && caller.isManagedUser && userId === caller.subject) {
      throw new ProcedureError('FORBIDDEN', 'Nobody changes himself here: ask somebody else.');
    }
    if (protectedRoles.length === 0 || caller.permissions.includes('users:protected')) return;
    const holdsProtected = async () => (await Promise.all(strings(userId).map(rolesOf))).flat().some(isProtected);
    if (strings(roleIds, roleId).some(isProtected) || (await holdsProtected())) {
      requirePermission(caller, 'users:protected');
    }
  };
};
