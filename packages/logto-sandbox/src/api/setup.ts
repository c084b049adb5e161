import { z } from 'zod/v3';
import { newId } from '../store.js';
import { answer, type Handler, noContent, param } from './exchange.js';
import { guard } from './guard.js';
import { notFound } from './request-error.js';
import { toRole } from './roles.js';

/*
 * The few routes beside the Users API that a test needs to set a scene, in Logto's own form, so that the same test
 * sets the same scene in a real Logto.
 */

const roleBody = z.object({
  name: z.string().min(1),
  description: z.string().min(1),
  type: z.enum(['User', 'MachineToMachine']).default('User'),
  isDefault: z.boolean().default(false),
});

export const createRole: Handler = (request) => {
  const role = { id: newId(), ...guard(roleBody, request.body, 'body'), permissions: {} };
  request.store.roles.set(role.id, role);
  return answer(toRole(role));
};

export const deleteRole: Handler = (request) => {
  const id = param(request, 'id');
  if (!request.store.roles.delete(id)) throw notFound();
  for (const user of request.store.users.values()) user.roleIds = user.roleIds.filter((roleId) => roleId !== id);
  return noContent;
};

export const createOrganization: Handler = (request) => {
  const body = guard(z.object({ name: z.string().min(1), description: z.string().optional() }), request.body, 'body');
  const organization = { id: newId(), name: body.name, description: body.description ?? null, createdAt: Date.now() };
  request.store.organizations.set(organization.id, { ...organization, members: new Map() });
  return answer({ tenantId: 'default', ...organization, customData: {}, isMfaRequired: false }, 201);
};

export const deleteOrganization: Handler = (request) => {
  if (!request.store.organizations.delete(param(request, 'id'))) throw notFound();
  return noContent;
};

export const addOrganizationUsers: Handler = (request) => {
  const { userIds } = guard(z.object({ userIds: z.array(z.string().min(1)) }), request.body, 'body');
  const organization = request.store.organizations.get(param(request, 'id'));
  if (!organization) throw notFound();
  for (const id of userIds) organization.members.set(id, organization.members.get(id) ?? []);
  return { status: 201 };
};
