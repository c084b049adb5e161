/** Of the calls, a tenth; and one a second besides, for those who call rarely. */
const PER_CALL = 0.1;
const PER_SECOND = 1;
const MOST = 50;

/** Bounds the retries of all calls together, so that an outage is not multiplied. */
export interface RetryBudget {
  /** Counts a call. */
  earn(): void;
  /** Takes a retry; `false` where none is left. */
  take(): boolean;
}

/** Makes a budget, full. */
export const createRetryBudget = (): RetryBudget => {
  let left = MOST;
  let countedAt = performance.now();
  const earn = (retries: number): void => {
    const now = performance.now();
    left = Math.min(left + retries + ((now - countedAt) / 1_000) * PER_SECOND, MOST);
    countedAt = now;
  };
  return {
    earn: () => earn(PER_CALL),
    take() {
      earn(0);
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
};
