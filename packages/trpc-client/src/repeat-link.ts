import { type Operation, TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable, type Unsubscribable } from '@trpc/server/observable';
import { isUsersError } from './errors.js';
import type { AppRouter } from './router-types.js';

/** When calls are made again. */
export interface RepeatOptions {
  /** Gives another token after one was refused. */
  readonly onUnauthorized: (() => Promise<string | undefined> | string | undefined) | undefined;
  /** How often a query is tried again. */
  readonly retries: number;
}

/** Keys of a call's context: the token that it is repeated with, and the one that it went with. */
export const REPEATED_WITH = 'users-bff:repeated-with';
export const WENT_WITH = 'users-bff:went-with';

const FIRST_PAUSE_MS = 200;
/** Whoever is told to wait longer should decide that for himself. */
const MAX_PAUSE_MS = 30_000;

const TRANSIENT = new Set(['SERVICE_UNAVAILABLE', 'GATEWAY_TIMEOUT', 'BAD_GATEWAY', 'TOO_MANY_REQUESTS']);

const isRefused = (error: TRPCClientError<AppRouter>): boolean =>
  isUsersError(error) ? error.data.code === 'UNAUTHORIZED' : false;

/** Milliseconds until a query may be tried again; `undefined` where that is of no use. */
const pauseBefore = (
  { type, signal }: Operation,
  error: TRPCClientError<AppRouter>,
  tries: number,
): number | undefined => {
  // Whether a mutation was done that got no answer, nobody knows.
  if (type !== 'query' || signal?.aborted) return undefined;
  const drawn = FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
  if (!isUsersError(error)) return error.cause?.name === 'AbortError' ? undefined : drawn;
  if (!TRANSIENT.has(error.data.code)) return undefined;
  const told = error.data.retryAfterSeconds;
  if (told === undefined) return error.data.code === 'TOO_MANY_REQUESTS' ? undefined : drawn;
  return told * 1_000 <= MAX_PAUSE_MS ? told * 1_000 : undefined;
};

/**
 * Makes calls again: any call once, with another token, after its own was refused; queries after what passes.
 * Mutations that may have been done are never repeated.
 */
export const repeatLink = ({ onUnauthorized, retries }: RepeatOptions): TRPCLink<AppRouter> => {
  // Calls that went with one token ask once, those too that are refused when there is another already.
  let last: { refused: unknown; renewal: Promise<string | undefined> } | undefined;
  const renew = (ask: NonNullable<typeof onUnauthorized>, refused: unknown): Promise<string | undefined> => {
    if (last === undefined || last.refused !== refused) last = { refused, renewal: Promise.resolve().then(ask) };
    const { renewal } = last;
    const forget = () => {
      if (last?.renewal === renewal) last = undefined;
    };
    // What gave no token may give one later.
    renewal.then((token) => token === undefined && forget(), forget);
    return renewal;
  };

  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let current: Unsubscribable | undefined;
        let timer: ReturnType<typeof setTimeout> | undefined;
        let tries = 0;
        let wasRenewed = false;
        let isOver = false;

        const stop = () => {
          clearTimeout(timer);
          op.signal?.removeEventListener('abort', abort);
        };
        const abort = () => {
          if (timer === undefined) return;
          stop();
          observer.error(
            TRPCClientError.from(op.signal?.reason instanceof Error ? op.signal.reason : new Error('aborted')),
          );
        };
        const attempt = (extra: Operation['context'] = {}): void => {
          timer = undefined;
          tries += 1;
          const context = { ...op.context, ...extra };
          current = next({ ...op, context }).subscribe({
            next: (value) => observer.next(value),
            complete: () => {
              stop();
              observer.complete();
            },
            error: (error: TRPCClientError<AppRouter>) => {
              if (isOver) return;
              if (isRefused(error) && onUnauthorized && !wasRenewed) {
                wasRenewed = true;
                renew(onUnauthorized, context[WENT_WITH]).then(
                  (token) => {
                    if (isOver) return;
                    if (token === undefined) observer.error(error);
                    else attempt({ [REPEATED_WITH]: token });
                  },
                  () => observer.error(error),
                );
                return;
              }
              // The one that was given is no good either: the next call may ask again.
              if (isRefused(error)) last = undefined;
              const pause = tries <= retries ? pauseBefore(op, error, tries) : undefined;
              if (pause === undefined) {
                stop();
                observer.error(error);
              } else timer = setTimeout(() => attempt(extra), pause);
            },
          });
        };

        op.signal?.addEventListener('abort', abort);
        attempt();
        return () => {
          isOver = true;
          stop();
          current?.unsubscribe();
        };
      });
};
