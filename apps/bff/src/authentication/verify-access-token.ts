import { hash } from 'node:crypto';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { ALGORITHMS } from './algorithms.js';
import type { Caller } from './caller.js';
import { AuthenticationError, KeySetUnavailableError } from './errors.js';
import { createKeySet, type KeySetOptions } from './key-set.js';
import { permissionsOf, type TrustedIssuer } from './trusted-issuer.js';

/** Whose tokens are taken, and how strictly. */
export interface VerifierOptions extends Pick<KeySetOptions, 'cooldownMs' | 'maxAgeMs' | 'maxStaleMs'> {
  issuers: readonly TrustedIssuer[];
  /** Seconds that clocks may differ. */
  clockToleranceS: number;
  /** Told each attempt to fetch the keys of an issuer. */
  onKeysRefresh?: (issuer: string, isOk: boolean) => void;
}

/** Tells the caller of an access token. */
export interface VerifyAccessToken {
  (token: string): Promise<Caller>;
  /** Fetches the keys of all issuers. Rejects with {@link KeySetUnavailableError} where those of one cannot be had. */
  warmUp(): Promise<void>;
  /** Milliseconds since the keys of each issuer were fetched. */
  keyAges(): ReadonlyMap<string, number | undefined>;
}

const VERDICT_LIFE_MS = 60_000;
const MAX_VERDICTS = 10_000;
/** What lives longer is no access token. */
const MAX_LIFE_S = 86_400;

/** Printable ASCII: identifiers go into logs, records and keys. */
const identifier = z.string().regex(/^[\x21-\x7e]{1,256}$/);

/** What jose does not look at (RFC 9068, section 2.2). */
const claims = z.object({
  sub: identifier,
  client_id: identifier,
  jti: identifier,
  iat: z.number(),
  exp: z.number(),
  scope: z.string().optional(),
  organization_id: z.string().optional(),
  auth_time: z.number().optional(),
  acr: z.string().optional(),
  cnf: z.looseObject({ jkt: z.string().optional() }).optional(),
});

/** Errors that speak of the token; all others speak of the key set. */
const BAD_TOKEN = /^ERR_(JWT|JWS|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWKS_(NO|MULTIPLE)_MATCHING)/;

const refuse = (reason: string): never => {
  throw new AuthenticationError('invalid_token', reason);
};

interface Verdict {
  readonly caller: Caller;
  readonly until: number;
  readonly generation: number;
}

/** Before anything is verified: only to choose the keys. */
const issuerOf = (token: string): unknown => {
  try {
    return decodeJwt(token).iss;
  } catch {
    return refuse('no JWT');
  }
};

/** The check for one issuer: its keys never meet another issuer's tokens. */
const createCheck = (trusted: TrustedIssuer, options: VerifierOptions) => {
  const { clockToleranceS } = options;
  const { cooldownMs, maxAgeMs, maxStaleMs } = options;
  const keys = createKeySet({
    issuer: trusted.issuer,
    jwksUri: trusted.jwksUri,
    ...(cooldownMs !== undefined && { cooldownMs }),
    ...(maxAgeMs !== undefined && { maxAgeMs }),
    ...(maxStaleMs !== undefined && { maxStaleMs }),
    onRefresh: (isOk) => options.onKeysRefresh?.(trusted.issuer, isOk),
  });

  const verify = async (token: string): Promise<Caller> => {
    const { payload } = await jwtVerify(token, keys.getKey, {
      issuer: trusted.issuer,
      audience: [...trusted.audiences],
      algorithms: ALGORITHMS,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id'],
      clockTolerance: clockToleranceS,
    });
    const { data } = claims.safeParse(payload);
    if (!data) return refuse('claims of the wrong kind');
    if (data.iat > Date.now() / 1_000 + clockToleranceS) return refuse('issued in the future');
    if (data.exp - data.iat > MAX_LIFE_S) return refuse('valid for more than a day');
    if (data.organization_id !== undefined && !trusted.organizations.includes(data.organization_id)) {
      return refuse('for an organization that is not on the list');
    }
    if (data.cnf && data.cnf.jkt === undefined) return refuse('bound by another means than DPoP');
    if (trusted.requiresDpop && !data.cnf) return refuse('bound to no key');
    const kind = data.sub === data.client_id ? 'machine' : 'person';
    return {
      issuer: trusted.issuer,
      subject: data.sub,
      clientId: data.client_id,
      kind,
      isManagedUser: trusted.isManagedTenant && kind === 'person',
      permissions: permissionsOf(trusted, { ...payload, scope: data.scope }),
      expiresAt: data.exp * 1_000,
      authTime: data.auth_time,
      acr: data.acr,
      keyThumbprint: data.cnf?.jkt,
    };
  };
  return { keys, verify };
};

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
  const checks = new Map(options.issuers.map((trusted) => [trusted.issuer, createCheck(trusted, options)]));
  const verdicts = new Map<string, Verdict>();

  const remember = (key: string, caller: Caller, generation: number): void => {
    const oldest = verdicts.size >= MAX_VERDICTS ? verdicts.keys().next().value : undefined;
    if (oldest !== undefined) verdicts.delete(oldest);
    const until = Math.min(Date.now() + VERDICT_LIFE_MS, caller.expiresAt);
    verdicts.set(key, { caller, until, generation });
  };

  const verify = async (token: string): Promise<Caller> => {
    const key = hash('sha256', token, 'base64');
    const known = verdicts.get(key);
    if (known && known.generation === checks.get(known.caller.issuer)?.keys.generation && Date.now() < known.until) {
      return known.caller;
    }
    verdicts.delete(key);
    const check = checks.get(issuerOf(token) as string);
    if (!check) return refuse('of an issuer that is not trusted');
    // Read before: keys that are fetched meanwhile may not be the ones that verified.
    const { generation } = check.keys;
    try {
      const caller = await check.verify(token);
      remember(key, caller, generation);
      return caller;
    } catch (error) {
      if (error instanceof AuthenticationError || error instanceof KeySetUnavailableError) throw error;
      if (error instanceof errors.JOSEError && BAD_TOKEN.test(error.code)) return refuse(error.code);
      throw new KeySetUnavailableError(error);
    }
  };
  return Object.assign(verify, {
    warmUp: async () => void (await Promise.all([...checks.values()].map(({ keys }) => keys.warmUp()))),
    keyAges: () => new Map(Array.from(checks, ([issuer, { keys }]) => [issuer, keys.ageMs])),
  });
};
