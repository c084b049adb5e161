import type { TokenError } from './errors.js';

/** What happens in a cache, for metrics and logs. Holds no token and no secret. */
export type TokenCacheEvent =
  /** A caller was given the token in memory. */
  | { readonly type: 'hit' }
  /** A caller waited for a token. */
  | { readonly type: 'wait'; readonly durationMs: number }
  /** A token that another process had asked for was found in the store. */
  | {
      readonly type: 'shared_hit';
      readonly durationMs: number;
      /** Milliseconds until it expires. */
      readonly remainingMs: number;
    }
  /**
   * The authorization server issued a token: because there was none (`empty`), ahead of the end of the old one
   * (`ahead`), or because the old one was refused (`rejected`).
   */
  | {
      readonly type: 'refresh';
      readonly cause: 'empty' | 'ahead' | 'rejected';
      readonly durationMs: number;
      readonly lifeMs: number;
      /** False for a token whose issuer does not tell its life: 60 seconds are supposed. */
      readonly isLifeKnown: boolean;
    }
  /** The authorization server issued none; `count` is that of failures in a row. It is asked again after `pauseMs`. */
  | { readonly type: 'failure'; readonly error: TokenError; readonly count: number; readonly pauseMs: number }
  /**
   * The API refused the token. `isReplaced` is false for one that had just taken the place of a refused one: the
   * fault lies elsewhere, and it is kept for a while.
   */
  | { readonly type: 'rejected'; readonly isReplaced: boolean }
  /** The store failed: from now on this process is on its own. */
  | { readonly type: 'store_down'; readonly reason: string }
  /** The store works again. */
  | { readonly type: 'store_up' }
  /** The store held what this cache cannot read, such as a record sealed by an unknown key. It is overwritten. */
  | { readonly type: 'store_unreadable' };

/** Told every event as it happens; must be quick. What it throws is ignored. */
export type OnTokenCacheEvent = (event: TokenCacheEvent) => void;
