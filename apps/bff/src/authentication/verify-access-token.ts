import { createHash } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Caller } from './caller.js';
import { AuthenticationError, KeySetUnavailableError } from './errors.js';
import { createKeySet, type KeySetOptions } from './key-set.js';

/** Whose tokens are taken, and for whom they must be. */
export interface VerifierOptions extends KeySetOptions {
  /** The resource indicator that a token must have as audience. */
  audience: string;
}

/** Tells the caller of an access token. */
export type VerifyAccessToken = (token: string) => Promise<Caller>;

/** Asymmetric ones only: with a shared key whoever can verify could issue. */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
];

const CLOCK_TOLERANCE_S = 5;
const VERDICT_LIFE_MS = 60_000;
const MAX_VERDICTS = 10_000;

const identifier = z.string().min(1).max(256);

/** What jose does not look at (RFC 9068, section 2.2). */
const claims = z.object({
  sub: identifier,
  client_id: identifier,
  jti: identifier,
  iat: z.number(),
  exp: z.number(),
  scope: z.string().optional(),
});

/** Errors that speak of the token; all others speak of the key set. */
const BAD_TOKEN = /^ERR_(JWT|JWS|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWKS_(NO|MULTIPLE)_MATCHING)/;

interface Verdict {
  readonly caller: Caller;
  readonly until: number;
  readonly generation: number;
}

/**
 * Makes the check of callers' access tokens (RFC 9068, section 4): signature by a key of the issuer, `typ`, issuer,
 * audience, expiry, and the claims that name the caller.
 *
 * A good verdict is remembered, for a minute at most and for the latest 10,000 tokens, until the token expires or the
 * issuer's keys are fetched anew: to verify ES384 costs most of a millisecond.
 *
 * The returned function throws {@link AuthenticationError} for a bad token and {@link KeySetUnavailableError} where the
 * keys cannot be had.
 */
export const createAccessTokenVerifier = (options: VerifierOptions): VerifyAccessToken => {
  const { issuer, audience } = options;
  const keys = createKeySet(options);
  const verdicts = new Map<string, Verdict>();

  const verify = async (token: string): Promise<Caller> => {
    const { payload } = await jwtVerify(token, keys.getKey, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id'],
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    const { data } = claims.safeParse(payload);
    if (!data) throw new AuthenticationError('invalid_token', 'claims of the wrong kind');
    if (data.iat > Date.now() / 1_000 + CLOCK_TOLERANCE_S) {
      throw new AuthenticationError('invalid_token', 'issued in the future');
    }
    return {
      subject: data.sub,
      clientId: data.client_id,
      permissions: (data.scope ?? '').split(' ').filter((scope) => scope !== ''),
      expiresAt: data.exp * 1_000,
    };
  };

  const remember = (key: string, caller: Caller, generation: number): void => {
    const oldest = verdicts.size >= MAX_VERDICTS ? verdicts.keys().next().value : undefined;
    if (oldest !== undefined) verdicts.delete(oldest);
    const until = Math.min(Date.now() + VERDICT_LIFE_MS, caller.expiresAt);
    verdicts.set(key, { caller, until, generation });
  };

  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64');
    const known = verdicts.get(key);
    if (known && known.generation === keys.generation && Date.now() < known.until) return known.caller;
    verdicts.delete(key);
    // Read before: keys that are fetched meanwhile may not be the ones that verified.
    const { generation } = keys;
    try {
      const caller = await verify(token);
      remember(key, caller, generation);
      return caller;
    } catch (error) {
      if (error instanceof AuthenticationError || error instanceof KeySetUnavailableError) throw error;
      if (error instanceof errors.JOSEError && BAD_TOKEN.test(error.code)) {
        throw new AuthenticationError('invalid_token', error.code);
      }
      throw new KeySetUnavailableError(error);
    }
  };
};
