import { abortedBy, type Call, type Failure, type Send } from './call.js';
import { isUsersError } from './errors.js';

/** When calls are made again. */
export interface RepeatOptions {
  /** Gives another token after one was refused. */
  readonly onUnauthorized: (() => Promise<string | undefined> | string | undefined) | undefined;
  /** How often a query is tried again. */
  readonly retries: number;
}

const FIRST_PAUSE_MS = 200;
/** Whoever is told to wait longer should decide that for himself. */
const MAX_PAUSE_MS = 30_000;

const TRANSIENT = new Set(['SERVICE_UNAVAILABLE', 'GATEWAY_TIMEOUT', 'BAD_GATEWAY', 'TOO_MANY_REQUESTS']);

const isRefused = (error: Failure): boolean => (isUsersError(error) ? error.data.code === 'UNAUTHORIZED' : false);

/** Milliseconds until a query may be tried again; `undefined` where that is of no use. */
const pauseBefore = ({ type, signal }: Call, error: Failure, tries: number): number | undefined => {
  // Whether a mutation was done that got no answer, nobody knows.
  if (type !== 'query' || signal?.aborted) return undefined;
  const drawn = FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
  if (!isUsersError(error)) return error.cause?.name === 'AbortError' ? undefined : drawn;
  if (!TRANSIENT.has(error.data.code)) return undefined;
  const told = error.data.retryAfterSeconds;
  if (told === undefined) return error.data.code === 'TOO_MANY_REQUESTS' ? undefined : drawn;
  return told * 1_000 <= MAX_PAUSE_MS ? told * 1_000 : undefined;
};

/** Resolves after a while; rejects when the caller has given up by then. */
const elapse = (ms: number, signal: Call['signal']): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave);
      resolve();
    }, ms);
    const leave = (): void => {
      clearTimeout(timer);
      if (signal) reject(abortedBy(signal));
    };
    signal?.addEventListener('abort', leave, { once: true });
  });

/**
 * Makes calls again: any call once, with another token, after its own was refused; queries after what passes.
 * Mutations that may have been done are never repeated.
 */
export const repeating = (send: Send, { onUnauthorized, retries }: RepeatOptions): Send => {
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
  const otherToken = ({ wentWith }: Call): Promise<string | undefined> | undefined =>
    onUnauthorized && renew(onUnauthorized, wentWith).catch(() => undefined);

  return async (call) => {
    let wasRenewed = false;
    for (let tries = 1; ; tries += 1) {
      try {
        return await send(call);
      } catch (cause) {
        const error = cause as Failure;
        if (isRefused(error)) {
          // The one that was given is no good either: the next call may ask again.
          if (wasRenewed) last = undefined;
          const token = wasRenewed ? undefined : await otherToken(call);
          if (token === undefined) throw error;
          wasRenewed = true;
          call.token = token;
        } else {
          const pause = tries <= retries ? pauseBefore(call, error, tries) : undefined;
          if (pause === undefined) throw error;
          await elapse(pause, call.signal);
        }
      }
    }
  };
};
