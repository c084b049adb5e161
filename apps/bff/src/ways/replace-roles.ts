import { type InputOf, LogtoUsersError, type OutputOf, operations } from '@users-bff/logto-users';
import type { RolesAfterFailure } from '../error-shape.js';
import { toProcedureError } from '../errors.js';
import { rolesOf } from './roles-of.js';
import type { SendInCall, Way } from './way.js';

type Replace = typeof operations.replaceUserRoles;

const without = (some: readonly string[], others: readonly string[]): string[] =>
  some.filter((id) => !others.includes(id));

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  without(some, others).length === 0 && without(others, some).length === 0;

/** Makes the roles again what they were. */
const restore = async (
  send: SendInCall,
  userId: string,
  before: string[],
  now: string[],
): Promise<RolesAfterFailure> => {
  const gone = without(before, now);
  try {
    await send(operations.replaceUserRoles, { userId, roleIds: before });
    return { givenBack: gone, lost: [] };
  } catch {
    return { givenBack: [], lost: gone };
  }
};

/**
 * Replaces the roles of a user so that none is lost where Logto refuses or breaks off. Logto first takes the old roles
 * away, then gives the new ones, and a refusal comes between the two. So the new ones are given beforehand, which
 * changes nothing where it is refused: what is left to replace cannot be refused any more, and whoever is killed in
 * between leaves the user with more roles, never with fewer. After a failure the roles are read again: they are as
 * wanted, or they are made again what they were.
 */
export const replaceRoles: Way<InputOf<Replace>, OutputOf<Replace>> = async (ctx, input, send) => {
  const { userId, roleIds } = input;
  const before = await rolesOf(send, userId);
  const added = without(roleIds, before);
  const isRisky = added.length > 0 && without(before, roleIds).length > 0;
  try {
    if (isRisky) await send(operations.assignUserRoles, { userId, roleIds: added });
    return await send(operations.replaceUserRoles, input);
  } catch (error) {
    const isUntouched = error instanceof LogtoUsersError && error.outcome === 'not_sent' && !isRisky;
    if (isUntouched) throw error;
    // Whether the caller is still there or not.
    const sendOn: SendInCall = (operation, given) => ctx.send(operation, given);
    const now = await rolesOf(sendOn, userId).catch(() => undefined);
    if (!now || isSame(now, before)) throw error;
    if (isSame(now, roleIds)) return { roleIds };
    const roles = await restore(sendOn, userId, before, now);
    const outcome = roles.lost.length === 0 ? 'refused' : 'unknown';
    throw toProcedureError(error)?.having({ outcome, roles }) ?? error;
  }
};
