import type { TokenEndpointResponse } from 'openid-client';
import { TokenError } from '../errors.js';

/** The life of a token whose issuer does not tell it. */
const UNKNOWN_LIFE_S = 60;

/** A part of a JWT: 0 is the header, 1 the claims. Empty for an opaque token. */
const jwtPart = (accessToken: string, index: 0 | 1): Record<string, unknown> => {
  try {
    const part: unknown = JSON.parse(Buffer.from(accessToken.split('.')[index] ?? '', 'base64url').toString());
    return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** `iat` and `exp` come from one clock, the issuer's. */
const lifeByClaims = ({ iat, exp }: Record<string, unknown>): number | undefined => {
  if (typeof exp !== 'number') return undefined;
  return exp - (typeof iat === 'number' ? iat : Date.now() / 1_000);
};

/**
 * An answer without `scope` grants what was requested (RFC 6749, section 5.1). Not so Logto's: it leaves out what it
 * does not grant without an error, and such a token is refused by everything. Its tokens are of the type that names
 * the granted scopes itself (RFC 9068, section 2.2.3).
 */
const missingScopes = (requested: string, { scope, access_token }: TokenEndpointResponse): string[] => {
  const namesScopes = String(jwtPart(access_token, 0)['typ']).toLowerCase().endsWith('at+jwt');
  const granted = scope ?? (namesScopes ? String(jwtPart(access_token, 1)['scope'] ?? '') : requested);
  return requested.split(' ').filter((name) => name && !granted.split(' ').includes(name));
};

/**
 * Reads the life of an issued token, and refuses one that is none.
 *
 * @throws {@link TokenError} for a token that is no bearer token, has expired, or lacks a requested scope.
 */
export const readTokenResponse = (answer: TokenEndpointResponse, requestedScope: string | undefined) => {
  if (answer.token_type !== 'bearer') {
    throw new TokenError('unreadable', 'the authorization server issued a token of a type other than Bearer');
  }
  const knownLifeS = answer.expires_in ?? lifeByClaims(jwtPart(answer.access_token, 1));
  const lifeS = knownLifeS ?? UNKNOWN_LIFE_S;
  if (!(lifeS > 0)) throw new TokenError('unreadable', 'the authorization server issued an expired token');
  const missing = missingScopes(requestedScope ?? '', answer);
  if (missing.length > 0) {
    throw new TokenError('refused', `the scope ${missing.join(' ')} was not granted: does the client have the role?`, {
      oauthError: 'invalid_scope',
    });
  }
  return { accessToken: answer.access_token, lifeMs: lifeS * 1_000, isLifeKnown: knownLifeS !== undefined };
};
