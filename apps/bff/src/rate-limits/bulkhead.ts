import { ProcedureError } from '../errors.js';

/** How many calls to Logto may go on at once. */
export interface BulkheadOptions {
  readonly limit: number;
  /** How many may wait. */
  readonly queueLimit: number;
  /** Milliseconds that one may wait. */
  readonly maxWaitMs: number;
}

/** Does work when there is room. Rejects with ProcedureError SERVICE_UNAVAILABLE where there is none in time. */
export type Bulkhead = <T>(caller: string, work: () => Promise<T>) => Promise<T>;

interface Waiter {
  readonly caller: string;
  readonly start: () => void;
}

/** Makes a bulkhead. Half of it at most is one caller's, so that a thousand calls of one leave room for the others. */
export const createBulkhead = ({ limit, queueLimit, maxWaitMs }: BulkheadOptions): Bulkhead => {
  const share = Math.ceil(limit / 2);
  const running = new Map<string, number>();
  let total = 0;
  let waiting: Waiter[] = [];

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
    const next = waiting.find((waiter) => hasRoom(waiter.caller));
    if (!next) return;
    waiting = waiting.filter((waiter) => waiter !== next);
    begin(next.caller);
    next.start();
  };

  const refuse = () =>
    new ProcedureError('SERVICE_UNAVAILABLE', 'This server is busy.', {
      retryAfterSeconds: Math.ceil(maxWaitMs / 1_000),
    });

  const room = (caller: string): Promise<void> => {
    if (hasRoom(caller)) {
      begin(caller);
      return Promise.resolve();
    }
    const own = waiting.filter((waiter) => waiter.caller === caller).length;
    if (waiting.length >= queueLimit || own >= queueLimit / 2) return Promise.reject(refuse());
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        waiting = waiting.filter((waiter) => waiter.start !== start);
        reject(refuse());
      }, maxWaitMs);
      const start = () => {
        clearTimeout(giveUp);
        resolve();
      };
      waiting.push({ caller, start });
    });
  };

  return async (caller, work) => {
    await room(caller);
    try {
      return await work();
    } finally {
      end(caller);
    }
  };
};
