import { z } from 'zod/v3';
import type { Store, UserRecord } from '../store.js';
import { answer, type Handler, InternalError, param } from './exchange.js';
import { guard, jsonObject } from './guard.js';
import { notFound, RequestError } from './request-error.js';
import { toUser, userOf } from './user-view.js';

const linkBody = z.object({ connectorId: z.string(), connectorData: jsonObject });
const identityBody = z.object({ userId: z.string(), details: jsonObject.optional() });

const checkFree = (store: Store, user: UserRecord, target: string, foreignId: string): void => {
  const isTaken = [...store.users.values()].some(
    (other) => other !== user && other.identities[target]?.userId === foreignId,
  );
  if (isTaken) throw new RequestError(422, 'user.identity_already_in_use');
};

/** What the stand-in of a social provider makes of the data of its redirect. */
const socialDetails = (data: Record<string, unknown>) => {
  if (typeof data['code'] !== 'string') {
    throw new RequestError(400, 'connector.invalid_response', { data: { message: JSON.stringify(data) } });
  }
  const text = (key: string) => (typeof data[key] === 'string' ? { [key]: data[key] } : {});
  const id = typeof data['userId'] === 'string' ? data['userId'] : `social-${data['code']}`;
  return { id, ...text('email'), ...text('phone'), ...text('name'), ...text('avatar'), rawData: data };
};

export const createUserIdentity: Handler = (request) => {
  const { connectorId, connectorData } = guard(linkBody, request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  const connector = request.store.connectors.get(connectorId);
  if (!connector) throw notFound();
  if (!connector.isSocial) throw new RequestError(422, 'session.invalid_connector_id');
  const details = socialDetails(connectorData);
  checkFree(request.store, user, connector.target, details.id);
  user.identities = { ...user.identities, [connector.target]: { userId: details.id, details } };
  user.updatedAt = Date.now();
  return answer(user.identities);
};

export const replaceUserIdentity: Handler = (request) => {
  const identity = guard(identityBody, request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  const target = param(request, 'target');
  if (target.includes("'")) throw new InternalError('unterminated quoted string');
  if (target.includes('"')) throw new RequestError(422, 'entity.invalid_input');
  checkFree(request.store, user, target, identity.userId);
  const isNew = !(target in user.identities);
  user.identities = { ...user.identities, [target]: identity };
  user.updatedAt = Date.now();
  return answer(user.identities, isNew ? 201 : 200);
};

export const deleteUserIdentity: Handler = (request) => {
  const user = userOf(request.store, param(request, 'userId'));
  const target = param(request, 'target');
  if (!Object.hasOwn(user.identities, target)) throw new RequestError(404, 'user.identity_not_exist');
  const { [target]: _removed, ...rest } = user.identities;
  user.identities = rest;
  user.updatedAt = Date.now();
  return answer(toUser(request, user));
};
