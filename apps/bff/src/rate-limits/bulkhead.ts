import type { CallOptions } from '@users-bff/logto-users';
import { ProcedureError } from '../errors.js';
import { createFairQueue } from './fair-queue.js';

/** How much may go on at once. */
export interface BulkheadOptions {
  readonly limit: number;
  /** How many may wait. */
  readonly queueLimit: number;
  /** Milliseconds that one may wait. */
  readonly maxWaitMs: number;
}

/** What a caller asks for, looked at where there is no room. */
export interface Wish {
  /** Ends the wait. */
  readonly signal?: CallOptions['signal'] | undefined;
}

/** Does work when there is room. */
export interface Bulkhead {
  /**
   * Does work. Rejects with ProcedureError SERVICE_UNAVAILABLE where there is no room in time, and with the reason of
   * the signal where that ends the wait.
   */
  run<T>(caller: string, work: () => Promise<T>, wish?: Wish): Promise<T>;
  readonly inFlight: number;
  readonly waiting: number;
  /** Whether nobody else may wait. */
  readonly isFull: boolean;
}

/** Makes a bulkhead. Half of it at most is one caller's, so that a thousand calls of one leave room for the others. */
export const createBulkhead = ({ limit, queueLimit, maxWaitMs }: BulkheadOptions): Bulkhead => {
  const share = Math.ceil(limit / 2);
  const running = new Map<string, number>();
  /** What starts each of those who wait. */
  const waiting = createFairQueue<() => void>();
  let total = 0;

  const hasRoom = (caller: string): boolean => total < limit && (running.get(caller) ?? 0) < share;

  const begin = (caller: string): void => {
    total += 1;
    running.set(caller, (running.get(caller) ?? 0) + 1);
  };

  const end = (caller: string): void => {
    total -= 1;
    const left = (running.get(caller) ?? 1) - 1;
    if (left > 0) running.set(caller, left);
    else running.delete(caller);
    waiting.next(hasRoom)?.();
  };

  // One for all: to make one takes longer than all else that is done for a call that is refused.
  const refusal = new ProcedureError('SERVICE_UNAVAILABLE', 'This server is busy.', {
    retryAfterSeconds: Math.ceil(maxWaitMs / 1_000),
  });

  const isFull = (): boolean => waiting.size >= queueLimit;

  const queue = (caller: string, signal: Wish['signal']): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (reason: unknown): void => {
        waiting.remove(caller, start);
        stopWaiting();
        reject(reason);
      };
      const giveUp = setTimeout(() => leave(refusal), maxWaitMs);
      const abort = (): void => leave(signal?.reason);
      const stopWaiting = (): void => {
        clearTimeout(giveUp);
        signal?.removeEventListener('abort', abort);
      };
      const start = (): void => {
        stopWaiting();
        begin(caller);
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
      waiting.add(caller, start);
    });

  const room = (caller: string, wish: Wish | undefined): Promise<void> | undefined => {
    if (hasRoom(caller)) {
      begin(caller);
      return undefined;
    }
    if (isFull() || waiting.sizeOf(caller) >= queueLimit / 2) return Promise.reject(refusal);
    const signal = wish?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    return queue(caller, signal);
  };

  return {
    async run(caller, work, wish) {
      const wait = room(caller, wish);
      if (wait) await wait;
      try {
        return await work();
      } finally {
        end(caller);
      }
    },
    get inFlight() {
      return total;
    },
    get waiting() {
      return waiting.size;
    },
    get isFull() {
      return isFull();
    },
  };
};
