/** The time of one call: how much is left of it, and what ends it early. */
export interface CallTime {
  /** Ends whatever goes on: at the deadline, or when the caller leaves. */
  readonly signal: AbortSignal;
  /** Whether the caller has left. */
  readonly isDeserted: boolean;
  /** From here on a caller who leaves ends nothing: a write that was sent runs to its end. */
  hold(): void;
  /** Whether it is not over before so many milliseconds. */
  has(ms: number): boolean;
  /** Rejects with the signal's reason where that comes first. */
  during<T>(work: T | Promise<T>): Promise<T>;
  sleep(ms: number): Promise<void>;
  /** Takes back timer and listener. */
  end(): void;
}

/**
 * Begins the time of a call.
 *
 * @param late The reason of the signal at the deadline.
 */
export const beginCallTime = (ms: number, caller: AbortSignal | undefined, late: () => Error): CallTime => {
  const endsAt = performance.now() + ms;
  const ending = new AbortController();
  const { signal } = ending;
  const timer = setTimeout(() => ending.abort(late()), ms);
  let isHeld = false;
  const leave = (): void => {
    if (!isHeld) ending.abort(caller?.reason);
  };
  if (caller?.aborted) leave();
  else caller?.addEventListener('abort', leave, { once: true });

  const during = <T>(work: T | Promise<T>): Promise<T> => {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      Promise.resolve(work)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', stop));
    });
  };

  return {
    signal,
    get isDeserted() {
      return caller?.aborted ?? false;
    },
    hold() {
      isHeld = true;
    },
    has: (wanted) => performance.now() + wanted < endsAt,
    during,
    sleep(wanted) {
      let waiting: NodeJS.Timeout | undefined;
      const passed = new Promise<void>((resolve) => {
        waiting = setTimeout(resolve, wanted);
      });
      return during(passed).finally(() => clearTimeout(waiting));
    },
    end() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', leave);
    },
  };
};
