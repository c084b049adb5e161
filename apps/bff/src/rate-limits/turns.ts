import { type Bulkhead, createBulkhead, type Wish } from './bulkhead.js';

/** Does work of one kind and user after what is there before it. */
export type TakeTurn = <T>(key: string, work: () => Promise<T>, signal?: Wish['signal']) => Promise<T>;

const TURNS = { limit: 1, queueLimit: 200, maxWaitMs: 5_000 };

/** Makes the turns of this process. Other replicas have theirs. */
export const createTurns = (): TakeTurn => {
  const queues = new Map<string, Bulkhead>();
  return async (key, work, signal) => {
    const queue = queues.get(key) ?? createBulkhead(TURNS);
    queues.set(key, queue);
    try {
      return await queue.run(key, work, { signal });
    } finally {
      if (queue.inFlight + queue.waiting === 0) queues.delete(key);
    }
  };
};
