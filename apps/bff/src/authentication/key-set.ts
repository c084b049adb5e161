import { setTimeout } from 'node:timers/promises';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { KeySetUnavailableError } from './errors.js';

/** Where the keys of an issuer are, and how long they are good for. */
export interface KeySetOptions {
  /** Issuer identifier. */
  issuer: string;
  /** Where its keys are; found by discovery (OpenID Connect Discovery 1.0) where it is absent. */
  jwksUri?: string | undefined;
  /** Milliseconds between two attempts to fetch them, failed ones counted. Default 5,000. */
  cooldownMs?: number;
  /** Milliseconds after which they are fetched again in the background. Default 60,000. */
  maxAgeMs?: number;
  /** Milliseconds for which they are used when they cannot be fetched again. Default 3,600,000. */
  maxStaleMs?: number;
  /** Told each attempt to fetch them. */
  onRefresh?: (isOk: boolean) => void;
}

/** The keys of an issuer, fetched when they are needed. */
export interface KeySet {
  /** For jose. Rejects with {@link KeySetUnavailableError} where no keys can be had. */
  readonly getKey: JWTVerifyGetKey;
  /** Rises with every key set that was fetched: what was verified by an older set may not be by this one. */
  readonly generation: number;
  /** Milliseconds since they were fetched; `undefined` where they never were. */
  readonly ageMs: number | undefined;
  /** Fetches them, where that was not done a moment ago. Rejects with {@link KeySetUnavailableError}. */
  warmUp(): Promise<void>;
}

/** A fetch that goes on or is over. */
interface Attempt {
  readonly at: number;
  readonly result: Promise<void>;
  isOver: boolean;
  error: unknown;
}

const TIMEOUT_MS = 5_000;
/** How long a caller with an unknown key waits to hear whether it is a new one. */
const PATIENCE_MS = 900;
const MAX_BYTES = 256 * 1024;

const fetchJson = async (url: URL | string): Promise<unknown> => {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json' },
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  if (response.status !== 200) throw new Error(`the answer has status ${response.status}`);
  return JSON.parse(Buffer.concat(chunks).toString());
};

const discover = async (issuer: string): Promise<string> => {
  const metadata = (await fetchJson(`${issuer}/.well-known/openid-configuration`)) as Record<string, unknown>;
  if (metadata['issuer'] !== issuer) throw new Error('discovery names another issuer');
  return String(metadata['jwks_uri']);
};

const isUnknownKey = (error: unknown): boolean => error instanceof errors.JWKSNoMatchingKey;

/**
 * Makes the key set of an issuer. Nothing is fetched before the first token comes. Keys that were once had outlive an
 * outage of the issuer, for a while; how often it is asked does not depend on how many callers come.
 */
export const createKeySet = (options: KeySetOptions): KeySet => {
  const { issuer, jwksUri, cooldownMs = 5_000, maxAgeMs = 60_000, maxStaleMs = 3_600_000 } = options;
  let keys: { readonly find: JWTVerifyGetKey; readonly fetchedAt: number } | undefined;
  let generation = 0;
  let location = jwksUri;
  let attempt: Attempt | undefined;

  const load = async (): Promise<void> => {
    location ??= await discover(issuer);
    const set = (await fetchJson(location)) as JSONWebKeySet;
    const find = createLocalJWKSet(set);
    if (set.keys.length === 0) throw new Error('the key set is empty');
    keys = { find, fetchedAt: performance.now() };
    generation += 1;
  };

  /** The latest attempt: a new one, unless there was one a moment ago. */
  const refresh = (): Attempt => {
    if (attempt && (!attempt.isOver || performance.now() - attempt.at < cooldownMs)) return attempt;
    const result = load()
      .then(
        () => options.onRefresh?.(true),
        (error: unknown) => {
          started.error = error;
          options.onRefresh?.(false);
        },
      )
      .finally(() => {
        started.isOver = true;
      });
    const started: Attempt = { at: performance.now(), result, isOver: false, error: undefined };
    attempt = started;
    return started;
  };

  const current = async (): Promise<JWTVerifyGetKey> => {
    const age = keys ? performance.now() - keys.fetchedAt : Number.POSITIVE_INFINITY;
    if (age >= maxAgeMs) {
      const latest = refresh();
      if (age >= maxStaleMs) await latest.result;
    }
    if (!keys || performance.now() - keys.fetchedAt >= maxStaleMs) throw new KeySetUnavailableError(attempt?.error);
    return keys.find;
  };

  return {
    get generation() {
      return generation;
    },
    get ageMs() {
      return keys && performance.now() - keys.fetchedAt;
    },
    async warmUp() {
      await refresh().result;
      await current();
    },
    async getKey(header, token) {
      const find = await current();
      try {
        return await find(header, token);
      } catch (error) {
        if (!isUnknownKey(error)) throw error;
        const latest = refresh();
        const outcome = await Promise.race([latest.result, setTimeout(PATIENCE_MS, 'waiting', { ref: false })]);
        if (outcome === 'waiting' || latest.error) throw new KeySetUnavailableError(latest.error);
        return (await current())(header, token);
      }
    },
  };
};
