import { z } from 'zod/v3';
import { newTokenValue, type Store, type TokenRecord } from '../store.js';
import { type ApiRequest, answer, type Handler, noContent, param } from './exchange.js';
import { guard } from './guard.js';
import { notFound, RequestError } from './request-error.js';
import { userOf } from './user-view.js';

const name = z.string().min(1).max(256);

const toToken = (token: TokenRecord) => ({ tenantId: 'default', ...token });

const find = (store: Store, userId: string | undefined, tokenName: string | undefined): TokenRecord | undefined =>
  store.tokens.find((token) => token.userId === userId && token.name === tokenName);

const nameTaken = () => new RequestError(422, 'user.personal_access_token_name_exists');

export const listTokens: Handler = ({ store, params }) => {
  const { id } = userOf(store, params['userId']);
  return answer(store.tokens.filter(({ userId }) => userId === id).map(toToken));
};

export const createToken: Handler = (request) => {
  const { store } = request;
  const userId = param(request, 'userId');
  const body = guard(z.object({ name, expiresAt: z.number().nullable().optional() }), request.body, 'body');
  // A check for truth, not for a number: 0 passes, and the token is born expired.
  if (body.expiresAt && body.expiresAt < Date.now()) throw new RequestError(400, 'request.invalid_input');
  if (find(store, userId, body.name)) throw nameTaken();
  if (userId.length > 21) {
    const data = { message: 'value too long for type character varying(21)' };
    throw new RequestError(422, 'entity.value_too_long', { data });
  }
  if (!store.users.has(userId)) throw new RequestError(404, 'entity.relation_foreign_key_not_found');
  const expiresAt = typeof body.expiresAt === 'number' ? Math.trunc(body.expiresAt) : null;
  const token = { userId, name: body.name, value: newTokenValue(), createdAt: Date.now(), expiresAt };
  store.tokens.push(token);
  return answer(toToken(token), 201);
};

const rename = ({ store, params }: ApiRequest, from: string | undefined, to: string) => {
  const token = find(store, params['userId'], from);
  if (!token) throw new RequestError(404, 'entity.not_exists');
  const other = find(store, params['userId'], to);
  if (other && other !== token) throw nameTaken();
  token.name = to;
  return answer(toToken(token));
};

const remove = ({ store, params }: ApiRequest, tokenName: string | undefined) => {
  const token = find(store, params['userId'], tokenName);
  if (!token) throw notFound();
  store.tokens = store.tokens.filter((other) => other !== token);
  return noContent;
};

export const updateToken: Handler = (request) =>
  rename(request, param(request, 'name'), guard(z.object({ name }), request.body, 'body').name);

export const deleteToken: Handler = (request) => remove(request, param(request, 'name'));

/** Since v1.33, with the name in the body. */
export const updateTokenByBody: Handler = (request) => {
  const body = guard(z.object({ name, currentName: name.optional() }), request.body, 'body');
  return rename(request, body.currentName ?? body.name, body.name);
};

/** Since v1.33, with the name in the body. */
export const deleteTokenByBody: Handler = (request) =>
  remove(request, guard(z.object({ name }), request.body, 'body').name);
