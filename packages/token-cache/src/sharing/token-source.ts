import { setTimeout } from 'node:timers/promises';
import { TokenError } from '../errors.js';
import type { OnTokenCacheEvent } from '../events.js';
import { pauseAfter } from '../renewal/back-off.js';
import type { TokenFacts } from '../renewal/held-token.js';
import type { RequestToken } from '../request/request-token.js';
import type { GuardedStore } from './guarded-store.js';
import { type Lease, takeLease } from './lease.js';
import { decodeState, encodeState, type FailureFacts, type SharedState } from './shared-state.js';

/** What is wanted of a source. */
export interface Wanted {
  readonly cause: 'empty' | 'ahead' | 'rejected';
  /** Whether a token that another process asked for will do. */
  accepts(token: TokenFacts): boolean;
  /** Failures in a row that this process knows of. */
  readonly failures: number;
}

/** A token, or why there is none. */
export type Outcome =
  | { readonly token: TokenFacts; readonly isIssued: boolean }
  | { readonly token?: undefined; readonly failure: FailureFacts };

/** Where a token comes from: another process, or the authorization server. */
export interface TokenSource {
  obtain(wanted: Wanted): Promise<Outcome>;
  /** Tells the other processes of a token that they may have missed. */
  publish(token: TokenFacts): void;
  /** Resolves when what has to be told to the others is told. */
  settled(): Promise<void>;
}

/** What a source is made of. */
export interface TokenSourceParts {
  readonly key: string;
  readonly store: GuardedStore;
  readonly requestToken: RequestToken;
  readonly emit: OnTokenCacheEvent;
  readonly leaseMs: number;
  /** Milliseconds after which nobody waits for another process any longer. */
  readonly patienceMs: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

const FIRST_POLL_MS = 25;
const LONGEST_POLL_MS = 200;

/** Drawn, so that those who wait do not ask in step. */
const pollAfter = (polls: number): number =>
  Math.min(FIRST_POLL_MS * 1.5 ** polls, LONGEST_POLL_MS) * (0.6 + 0.8 * Math.random());

/**
 * Makes a source. Among all processes that share the store one at a time asks the authorization server, under a lease;
 * the others wait for what it finds out, be it a token or a failure.
 */
export const createTokenSource = (parts: TokenSourceParts): TokenSource => {
  const { key, store, emit, signal } = parts;
  const leaseKey = `${key}:lease`;
  const telling = new Set<Promise<void>>();

  const tell = (work: Promise<void>): void => {
    telling.add(work);
    void work.finally(() => telling.delete(work));
  };

  const read = async (): Promise<SharedState | 'unreadable'> => {
    const startedAt = performance.now();
    const stored = await store.read(key);
    if (stored === undefined) return {};
    if (stored === 'unreadable') return stored;
    return decodeState(stored, performance.now() - startedAt) ?? 'unreadable';
  };

  const write = (state: SharedState): Promise<void> => {
    const { value, ttlMs } = encodeState(state);
    return store.write(key, value, ttlMs);
  };

  const find = (state: SharedState | 'unreadable', { accepts }: Wanted): Outcome | undefined => {
    if (state === 'unreadable') return undefined;
    const { token, failure } = state;
    if (token && accepts(token)) return { token, isIssued: false };
    return failure && failure.ageMs < failure.pauseMs ? { failure } : undefined;
  };

  const request = async (wanted: Wanted, known: SharedState, lease: Lease): Promise<Outcome> => {
    const startedAt = performance.now();
    try {
      const { accessToken, lifeMs, ageMs, isLifeKnown } = await parts.requestToken(signal);
      const token = { accessToken, lifeMs, ageMs, isReplacement: wanted.cause === 'rejected' };
      emit({ type: 'refresh', cause: wanted.cause, durationMs: performance.now() - startedAt, lifeMs, isLifeKnown });
      tell(write({ token }).then(lease.release));
      return { token, isIssued: true };
    } catch (error) {
      if (!(error instanceof TokenError)) {
        tell(lease.release());
        throw error;
      }
      const count = Math.max(known.failure?.count ?? 0, wanted.failures) + 1;
      const failure = { error, count, pauseMs: pauseAfter(error, count), ageMs: 0 };
      emit({ type: 'failure', error, count, pauseMs: failure.pauseMs });
      // A refusal may concern this process alone, as with a mistyped secret: it must not silence the others.
      const isForAll = error.reason !== 'refused';
      tell((isForAll ? write({ token: known.token, failure }) : Promise.resolve()).then(lease.release));
      return { failure };
    }
  };

  /** Looks again, since the one who had the lease before may have told something. */
  const decide = async (wanted: Wanted, lease: Lease): Promise<Outcome> => {
    const state = await read();
    const found = find(state, wanted);
    if (found) {
      tell(lease.release());
      return found;
    }
    if (state === 'unreadable') emit({ type: 'store_unreadable' });
    return request(wanted, state === 'unreadable' ? {} : state, lease);
  };

  return {
    async obtain(wanted) {
      const impatientAt = performance.now() + parts.patienceMs;
      for (let polls = 0; ; polls += 1) {
        const found = find(await read(), wanted);
        if (found) return found;
        const lease = await takeLease(store, leaseKey, parts.leaseMs);
        if (lease) return decide(wanted, lease);
        // Nothing may fail for want of a lease.
        if (performance.now() > impatientAt) return decide(wanted, { release: async () => {} });
        await setTimeout(pollAfter(polls), undefined, { signal });
      }
    },
    publish(token) {
      const tellIfNew = async () => {
        const state = await read();
        const known = state === 'unreadable' ? {} : state;
        if (!known.token || known.token.ageMs > token.ageMs) await write({ ...known, token });
      };
      tell(tellIfNew());
    },
    async settled() {
      await Promise.all(telling);
    },
  };
};
