import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** So many within so long. */
export interface Quota {
  readonly points: number;
  readonly seconds: number;
}

/** What is left of a quota. */
export interface Balance extends Quota {
  readonly isSpent: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** Counts by key. */
export interface Limiter {
  take(key: string): Promise<Balance>;
  /** Takes it back. */
  giveBack(key: string): Promise<void>;
}

/** How long Redis is left alone after it failed: without it each call would wait for it in turn. */
const LEAVE_ALONE_MS = 5_000;

/**
 * Makes a limiter. With Redis all replicas count together; while it is down each counts for itself.
 *
 * @param redis An ioredis client.
 */
export const createLimiter = (name: string, quota: Quota, redis: unknown): Limiter => {
  const { points, seconds: duration } = quota;
  const local = new RateLimiterMemory({ keyPrefix: name, points, duration });
  const shared = redis
    ? new RateLimiterRedis({ storeClient: redis, keyPrefix: `users-bff:limit:${name}`, points, duration })
    : undefined;
  let downUntil = 0;

  const ask = async (act: (limiter: RateLimiterMemory | RateLimiterRedis) => Promise<RateLimiterRes>) => {
    if (shared && performance.now() >= downUntil) {
      try {
        return await act(shared);
      } catch (error) {
        // A refusal is an answer; everything else is Redis failing.
        if (error instanceof RateLimiterRes) return error;
        downUntil = performance.now() + LEAVE_ALONE_MS;
      }
    }
    return act(local).catch((error: RateLimiterRes) => error);
  };

  return {
    async take(key) {
      const { consumedPoints, remainingPoints, msBeforeNext } = await ask((limiter) => limiter.consume(key));
      return {
        points,
        seconds: duration,
        isSpent: consumedPoints > points,
        remaining: Math.max(remainingPoints, 0),
        resetSeconds: Math.max(Math.ceil(msBeforeNext / 1_000), 1),
      };
    },
    giveBack: async (key) => void (await ask((limiter) => limiter.reward(key))),
  };
};
