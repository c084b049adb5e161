import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { KeySetUnavailableError } from './errors.js';

/** Where the keys of an issuer are. */
export interface KeySetOptions {
  /** Issuer identifier. */
  issuer: string;
  /** Where its keys are; found by discovery (OpenID Connect Discovery 1.0) where it is absent. */
  jwksUri?: string | undefined;
  /** Milliseconds between two fetches for the sake of an unknown key. Default 5,000. */
  cooldownMs?: number;
}

/** The keys of an issuer, fetched when they are needed. */
export interface KeySet {
  /** For jose. Rejects with {@link KeySetUnavailableError} where the keys cannot be located. */
  readonly getKey: JWTVerifyGetKey;
  /** Rises with every key set that was fetched: what was verified by an older set may not be by this one. */
  readonly generation: number;
}

const TIMEOUT_MS = 5_000;

const discover = async (issuer: string): Promise<URL> => {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, { redirect: 'error', signal });
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (metadata.issuer !== issuer) throw new Error('discovery names another issuer');
  return new URL(String(metadata.jwks_uri));
};

/** Makes the key set of an issuer. Nothing is fetched before the first token comes. */
export const createKeySet = ({ issuer, jwksUri, cooldownMs = 5_000 }: KeySetOptions): KeySet => {
  let generation = 0;
  let located: Promise<JWTVerifyGetKey> | undefined;

  const locate = async (): Promise<JWTVerifyGetKey> =>
    createRemoteJWKSet(jwksUri ? new URL(jwksUri) : await discover(issuer), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: cooldownMs,
      [customFetch]: async (url, init) => {
        const response = await fetch(url, init);
        if (response.ok) generation += 1;
        return response;
      },
    });

  return {
    get generation() {
      return generation;
    },
    async getKey(header, token) {
      located ??= locate().catch((error: unknown) => {
        located = undefined;
        throw new KeySetUnavailableError(error);
      });
      return (await located)(header, token);
    },
  };
};
