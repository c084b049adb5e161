import { setTimeout } from 'node:timers/promises';
import { z } from 'zod/v3';
import type { RoleRecord } from '../store.js';
import { type ApiRequest, answer, type Handler, InternalError, noContent, param, RACE_MS } from './exchange.js';
import { guard } from './guard.js';
import { paged, pageOf } from './pagination.js';
import { notFound, RequestError } from './request-error.js';
import { parseSearch, satisfies } from './search.js';
import { userOf } from './user-view.js';

const roleIdsBody = z.object({ roleIds: z.array(z.string().min(1)) });

/** A role as the API answers it. */
export const toRole = ({ permissions: _permissions, ...role }: RoleRecord) => ({ tenantId: 'default', ...role });

const rolesOf = ({ store }: ApiRequest, roleIds: readonly string[]): RoleRecord[] =>
  roleIds.map((id) => {
    const role = store.roles.get(id);
    if (!role)
      throw new RequestError(404, 'entity.not_exists_with_id', {
        message: `The roles with ID \`${id}\` does not exist.`,
      });
    return role;
  });

const hasDoubles = (ids: readonly string[]): boolean => new Set(ids).size < ids.length;

export const listUserRoles: Handler = (request) => {
  const page = pageOf(request);
  const user = userOf(request.store, param(request, 'userId'));
  const search = parseSearch(request, ['id', 'name', 'description']);
  const { conditions, joint, fits } = search;
  const [first, ...others] = conditions;
  const found = [...request.store.roles.values()].filter((role) => {
    if (role.type !== 'User') return false;
    const isHeld = user.roleIds.includes(role.id);
    // Logto's SQL lacks parentheses: only the first of several alternatives is bound to the user.
    if (request.dangers && joint === 'or' && first && others.length > 0) {
      return (isHeld && fits(role, first)) || others.some((condition) => fits(role, condition));
    }
    return isHeld && satisfies(role, search);
  });
  return paged(found, page, toRole);
};

export const assignUserRoles: Handler = async (request) => {
  const { roleIds } = guard(roleIdsBody, request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  if (rolesOf(request, roleIds).some(({ type }) => type !== 'User'))
    throw new RequestError(422, 'user.invalid_role_type');
  const addedRoleIds = roleIds.filter((id) => !user.roleIds.includes(id));
  if (request.dangers) {
    if (hasDoubles(addedRoleIds)) throw new InternalError('duplicate key');
    await setTimeout(RACE_MS);
    if (addedRoleIds.some((id) => user.roleIds.includes(id))) throw new InternalError('duplicate key');
  }
  user.roleIds = [...new Set([...user.roleIds, ...addedRoleIds])];
  return answer({ roleIds, addedRoleIds }, 201);
};

export const replaceUserRoles: Handler = (request) => {
  const { roleIds } = guard(roleIdsBody, request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  const roles = rolesOf(request, roleIds);
  const added = roleIds.filter((id) => !user.roleIds.includes(id));
  // Logto removes the old roles before it finds that it cannot add the new ones.
  if (request.dangers) user.roleIds = user.roleIds.filter((id) => roleIds.includes(id));
  if (request.dangers && hasDoubles(added)) throw new InternalError('duplicate key');
  if (roles.some(({ type }) => type !== 'User')) throw new RequestError(422, 'entity.db_constraint_violated');
  user.roleIds = [...new Set(roleIds)];
  return answer({ roleIds: user.roleIds });
};

export const deleteUserRole: Handler = ({ store, params }) => {
  const user = store.users.get(params['userId'] ?? '');
  const roleId = params['roleId'] ?? '';
  if (!user?.roleIds.includes(roleId)) throw notFound();
  user.roleIds = user.roleIds.filter((id) => id !== roleId);
  return noContent;
};
