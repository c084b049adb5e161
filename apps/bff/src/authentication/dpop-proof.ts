import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, errors, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';
import { ALGORITHMS } from './algorithms.js';
import { AuthenticationError } from './errors.js';

/** The request that a proof must have been made for. */
export interface ProvenRequest {
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  readonly accessToken: string;
  /** Thumbprint of the key that the token is bound to. */
  readonly keyThumbprint: string;
}

/** Checks a proof. Throws {@link AuthenticationError}. */
export type CheckProof = (proof: string | undefined, request: ProvenRequest) => Promise<void>;

const WINDOW_S = 60;
const MAX_REMEMBERED = 100_000;

const claims = z.object({
  jti: z.string().min(1).max(256),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string(),
});

const bare = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
};

const refuse = (reason: string): never => {
  throw new AuthenticationError('invalid_dpop_proof', reason);
};

/**
 * Makes the check of proofs of possession (RFC 9449, section 4.3): signed by the key that the token is bound to, for
 * this method, URL and token, a minute ago at most, and never seen before by this process.
 *
 * @param clockToleranceS Seconds that clocks may differ.
 */
export const createProofCheck = (clockToleranceS: number): CheckProof => {
  /** When each may be forgotten, in epoch milliseconds; in the order in which they came. */
  const seen = new Map<string, number>();

  const remember = (id: string): void => {
    const now = Date.now();
    for (const [oldest, until] of seen) {
      if (until > now && seen.size < MAX_REMEMBERED) break;
      seen.delete(oldest);
    }
    if (seen.has(id)) refuse('a proof that was used before');
    seen.set(id, now + (WINDOW_S + 2 * clockToleranceS) * 1_000);
  };

  return async (proof, { method, url, accessToken, keyThumbprint }) => {
    if (!proof) return refuse('no proof');
    try {
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        typ: 'dpop+jwt',
        algorithms: ALGORITHMS,
      });
      const { data } = claims.safeParse(payload);
      if (!data) return refuse('claims that are missing or of the wrong kind');
      const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk as JWK);
      if (thumbprint !== keyThumbprint) return refuse('another key than the one of the token');
      if (data.htm !== method || bare(data.htu) !== bare(url)) return refuse('for another request');
      if (data.ath !== createHash('sha256').update(accessToken).digest('base64url')) return refuse('for another token');
      const age = Date.now() / 1_000 - data.iat;
      if (age < -clockToleranceS || age > WINDOW_S + clockToleranceS) return refuse('too old, or from the future');
      remember(`${thumbprint} ${data.jti}`);
    } catch (error) {
      if (error instanceof errors.JOSEError) return refuse(error.code);
      throw error;
    }
  };
};
