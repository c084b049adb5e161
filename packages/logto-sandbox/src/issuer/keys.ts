import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { newId } from '../store.js';

/** A new signing key of the kind that Logto makes: EC P-384, for ES384. */
export const newSigningKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('ES384', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: newId(), use: 'sig', alg: 'ES384' };
};

/** The public part of a key. */
export const publicPart = ({ d: _private, ...key }: JWK): JWK => key;
