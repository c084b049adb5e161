import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { toDataURL } from 'qrcode';
import { z } from 'zod/v3';
import { type MfaRecord, newId, type UserRecord } from '../store.js';
import { type ApiRequest, answer, type Handler, noContent, param, RACE_MS } from './exchange.js';
import { guard } from './guard.js';
import { notFound, RequestError } from './request-error.js';
import { userOf } from './user-view.js';

const body = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Totp'), secret: z.string().optional() }),
  z.object({ type: z.literal('BackupCode'), codes: z.array(z.string()).optional() }),
]);

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET = /^(?:[2-7A-Z]{8})*(?:[2-7A-Z]{2}={6}|[2-7A-Z]{4}={4}|[2-7A-Z]{5}={3}|[2-7A-Z]{7}=)?$/;
const CODE = /^[\da-f]{10}$/i;

const newSecret = (): string => Array.from(randomBytes(32), (byte) => BASE32[byte % 32]).join('');
const newCodes = (): string[] => Array.from({ length: 10 }, () => randomBytes(5).toString('hex'));

const toVerification = ({ id, createdAt, type, codes, secret: _secret, ...webAuthn }: MfaRecord) => ({
  id,
  createdAt,
  type,
  ...webAuthn,
  ...(codes && { remainCodes: codes.filter(({ usedAt }) => !usedAt).length }),
});

const add = (user: UserRecord, fields: Omit<MfaRecord, 'id' | 'createdAt'>): void => {
  user.mfaVerifications.push({ id: newId(), createdAt: new Date().toISOString(), ...fields });
};

const createTotp = async (request: ApiRequest, user: UserRecord, given: string | undefined) => {
  const hasTotp = () => user.mfaVerifications.some(({ type }) => type === 'Totp');
  if (hasTotp()) throw new RequestError(422, 'user.totp_already_in_use');
  const secret = given ?? newSecret();
  const isSecret = SECRET.test(secret) && secret.length >= 16 && secret.length <= 32;
  // The empty secret passes in Logto, and is stored.
  if (!isSecret && !(request.dangers && secret === '')) throw new RequestError(422, 'user.totp_secret_invalid');
  const account = user.name ?? user.primaryEmail ?? user.primaryPhone ?? user.username ?? 'Unnamed User';
  const issuer = request.host.split(':')[0] ?? '';
  const secretQrCode = await toDataURL(`otpauth://totp/${issuer}:${encodeURIComponent(account)}?secret=${secret}`);
  // In Logto two requests at once both pass the check above.
  if (request.dangers) await setTimeout(RACE_MS);
  else if (hasTotp()) throw new RequestError(422, 'user.totp_already_in_use');
  add(user, { type: 'Totp', secret });
  return answer({ type: 'Totp', secret, secretQrCode });
};

const createBackupCodes = (user: UserRecord, given: string[] | undefined) => {
  const isLeft = user.mfaVerifications.some(({ codes }) => codes?.some(({ usedAt }) => !usedAt));
  if (isLeft) throw new RequestError(422, 'user.backup_code_already_in_use');
  if (!user.mfaVerifications.some(({ type }) => type !== 'BackupCode')) {
    throw new RequestError(422, 'session.mfa.backup_code_can_not_be_alone');
  }
  const codes = given ?? newCodes();
  if (codes.length !== 10 || !codes.every((code) => CODE.test(code))) {
    throw new RequestError(422, 'user.wrong_backup_code_format');
  }
  user.mfaVerifications = user.mfaVerifications.filter(({ type }) => type !== 'BackupCode');
  add(user, { type: 'BackupCode', codes: codes.map((code) => ({ code })) });
  return answer({ type: 'BackupCode', codes });
};

export const listMfaVerifications: Handler = ({ store, params }) =>
  answer(userOf(store, params['userId']).mfaVerifications.map(toVerification));

export const createMfaVerification: Handler = (request) => {
  const asked = guard(body, request.body, 'body');
  const user = userOf(request.store, param(request, 'userId'));
  return asked.type === 'Totp' ? createTotp(request, user, asked.secret) : createBackupCodes(user, asked.codes);
};

export const deleteMfaVerification: Handler = ({ store, params }) => {
  const user = store.users.get(params['userId'] ?? '');
  const rest = user?.mfaVerifications.filter(({ id }) => id !== params['verificationId']);
  if (!user || !rest || rest.length === user.mfaVerifications.length) throw notFound();
  user.mfaVerifications = rest;
  return noContent;
};
