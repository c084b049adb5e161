import { z } from 'zod/v3';
import { hashPassword, parseLegacy, verifyPassword } from '../password.js';
import { newUser, type UserRecord } from '../store.js';
import { answer, flag, type Handler, InternalError, noContent, param } from './exchange.js';
import { guard, jsonObject, profile } from './guard.js';
import { checkUnique, normalisePhone } from './identifiers.js';
import { paged, pageOf } from './pagination.js';
import { RequestError } from './request-error.js';
import { parseSearch, satisfies } from './search.js';
import { checkLengths, toUser, userOf } from './user-view.js';

const username = z.string().regex(/^[A-Z_a-z]\w*$/);
const email = z.string().regex(/^\S+@\S+\.\S+$/);
const phone = z.string().regex(/^\d+$/);
const avatar = z.string().url().or(z.literal(''));
const orEmpty = (schema: z.ZodTypeAny) => schema.or(z.literal('')).nullable().optional();

const newUserBody = z.object({
  primaryPhone: phone.optional(),
  primaryEmail: email.optional(),
  username: username.optional(),
  password: z.string().min(1).optional(),
  passwordDigest: z.string().max(256).optional(),
  passwordAlgorithm: z.enum(['Argon2i', 'Argon2id', 'Argon2d', 'SHA1', 'SHA256', 'MD5', 'Bcrypt', 'Legacy']).optional(),
  name: z.string().optional(),
  avatar: avatar.nullable().optional(),
  customData: jsonObject.optional(),
  profile: profile.optional(),
});

const userPatch = z.object({
  username: orEmpty(username),
  primaryEmail: orEmpty(email),
  primaryPhone: orEmpty(phone),
  name: z.string().nullable().optional(),
  avatar: orEmpty(z.string().url()),
  customData: jsonObject.optional(),
  profile: profile.optional(),
});

/** An empty string clears a column. */
const orNull = (value: string | null | undefined): string | null => value || null;

const SEARCH_FIELDS = ['id', 'primaryEmail', 'primaryPhone', 'username', 'name'];

export const createUser: Handler = async (request) => {
  const body = guard(newUserBody, request.body, 'body');
  const { password, passwordDigest, passwordAlgorithm } = body;
  if (password && passwordDigest) throw new RequestError(400, 'user.password_and_digest');
  if (passwordDigest && !passwordAlgorithm) throw new RequestError(400, 'user.password_algorithm_required');
  checkUnique(request.store, body);
  if (passwordAlgorithm === 'Legacy') {
    if (!passwordDigest) throw new RequestError(400, 'password.unsupported_encryption_method');
    if (!parseLegacy(passwordDigest)) throw new RequestError(400, 'password.invalid_legacy_password_format');
  }
  const primaryPhone = body.primaryPhone ? normalisePhone(body.primaryPhone) : null;
  checkLengths(body);

  const digest = password ? await hashPassword(password) : (passwordDigest ?? null);
  checkUnique(request.store, body);
  const user = newUser({
    username: orNull(body.username),
    primaryEmail: orNull(body.primaryEmail),
    primaryPhone,
    name: orNull(body.name),
    avatar: orNull(body.avatar),
    customData: body.customData ?? {},
    profile: body.profile ?? {},
    passwordDigest: digest,
    passwordAlgorithm: password ? 'Argon2i' : passwordDigest ? (passwordAlgorithm ?? null) : null,
    roleIds: [...request.store.roles.values()].filter(({ isDefault }) => isDefault).map(({ id }) => id),
  });
  request.store.users.set(user.id, user);
  return answer(toUser(request, user));
};

export const listUsers: Handler = (request) => {
  const page = pageOf(request);
  const excludedRole = request.query.get('excludeRoleId');
  const excludedOrganization = request.query.get('excludeOrganizationId');
  if (excludedRole && excludedOrganization) throw new RequestError(400, 'request.invalid_input');
  const search = parseSearch(request, SEARCH_FIELDS);
  const members = request.store.organizations.get(excludedOrganization ?? '')?.members;
  const found = [...request.store.users.values()]
    .reverse()
    .filter((user) => !user.roleIds.includes(excludedRole ?? '') && !members?.has(user.id) && satisfies(user, search));
  const withDigest = flag(request.query, 'includePasswordHash');
  return paged(found, page, (user) => toUser(request, user, withDigest));
};

export const getUser: Handler = (request) => {
  const user = userOf(request.store, param(request, 'userId'));
  const body = toUser(request, user, flag(request.query, 'includePasswordHash'));
  return answer(flag(request.query, 'includeSsoIdentities') ? { ...body, ssoIdentities: user.ssoIdentities } : body);
};

export const updateUser: Handler = (request) => {
  const body = guard(userPatch, request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  checkUnique(request.store, body as Partial<UserRecord>, user.id);
  if (Object.keys(body).length === 0) throw new RequestError(422, 'entity.invalid_input');
  const phoneNumber = body.primaryPhone ? normalisePhone(body.primaryPhone as string) : null;
  checkLengths(body);
  for (const key of ['username', 'primaryEmail', 'name', 'avatar'] as const) {
    if (body[key] !== undefined) user[key] = orNull(body[key] as string | null);
  }
  if (body.primaryPhone !== undefined) user.primaryPhone = phoneNumber;
  if (body.customData !== undefined) user.customData = body.customData;
  if (body.profile !== undefined) user.profile = body.profile;
  user.updatedAt = Date.now();
  return answer(toUser(request, user));
};

export const deleteUser: Handler = ({ store, params }) => {
  const { id } = userOf(store, params['userId']);
  store.users.delete(id);
  store.tokens = store.tokens.filter(({ userId }) => userId !== id);
  for (const { members } of store.organizations.values()) members.delete(id);
  return noContent;
};

export const updateUserIsSuspended: Handler = (request) => {
  const { isSuspended } = guard(z.object({ isSuspended: z.boolean() }), request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  Object.assign(user, { isSuspended, updatedAt: Date.now() });
  return answer(toUser(request, user));
};

const passwordBody = z.object({ password: z.string().min(1) });

export const getUserHasPassword: Handler = ({ store, params }) =>
  answer({ hasPassword: userOf(store, params['userId']).passwordDigest !== null });

export const updateUserPassword: Handler = async (request) => {
  const { password } = guard(passwordBody, request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  const passwordDigest = await hashPassword(password);
  Object.assign(user, { passwordDigest, passwordAlgorithm: 'Argon2i', updatedAt: Date.now() });
  return answer(toUser(request, user));
};

export const verifyUserPassword: Handler = async (request) => {
  const { password } = guard(passwordBody, request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  const { passwordDigest, passwordAlgorithm } = user;
  const isRight =
    passwordDigest !== null &&
    (await verifyPassword(password, passwordDigest, passwordAlgorithm ?? 'Argon2i').catch(() => {
      throw new InternalError('malformed password digest');
    }));
  if (!isRight) throw new RequestError(422, 'session.invalid_credentials');
  if (passwordAlgorithm !== 'Argon2i') {
    Object.assign(user, { passwordDigest: await hashPassword(password), passwordAlgorithm: 'Argon2i' });
  }
  return noContent;
};

export const getCustomData: Handler = ({ store, params }) => answer(userOf(store, params['userId']).customData);

export const updateCustomData: Handler = (request) => {
  const { customData } = guard(z.object({ customData: jsonObject }), request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  user.customData = { ...user.customData, ...customData };
  user.updatedAt = Date.now();
  return answer(user.customData);
};

export const updateProfile: Handler = (request) => {
  const body = guard(z.object({ profile }), request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  user.profile = { ...user.profile, ...body.profile };
  user.updatedAt = Date.now();
  return answer(user.profile);
};
