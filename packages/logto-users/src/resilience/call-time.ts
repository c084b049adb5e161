/** As much of an AbortSignal as a call needs. */
export interface CallSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * The time of one call: how much is left of it, and what ends it early. It is a signal itself, aborted at the deadline
 * or when the caller leaves.
 */
export interface CallTime extends CallSignal {
  /** The same for those who need one of the web's; made when it is first asked for, since most calls end without. */
  readonly signal: AbortSignal;
  /** Whether the caller has left. */
  readonly isDeserted: boolean;
  /** From here on a caller who leaves ends nothing: a write that was sent runs to its end. */
  hold(): void;
  /** Whether it is not over before so many milliseconds. */
  has(ms: number): boolean;
  /** Rejects with the reason where that comes first. */
  during<T>(work: T | Promise<T>): Promise<T>;
  sleep(ms: number): Promise<void>;
  /** Takes back timer and listener. */
  end(): void;
}

/** A class, because accessors of an object made anew for each call would cost more than all else in it. */
class RunningCallTime implements CallTime {
  aborted = false;
  reason: unknown = undefined;
  readonly #caller: CallSignal | undefined;
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners = new Set<() => void>();
  #ending: AbortController | undefined = undefined;
  #isHeld = false;

  constructor(ms: number, caller: CallSignal | undefined, late: () => Error) {
    this.#caller = caller;
    this.#endsAt = performance.now() + ms;
    this.#timer = setTimeout(() => this.#endEarly(late()), ms);
    if (caller?.aborted) this.#leave();
    else caller?.addEventListener('abort', this.#leave, { once: true });
  }

  readonly #leave = (): void => {
    if (!this.#isHeld) this.#endEarly(this.#caller?.reason);
  };

  #endEarly(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#ending?.abort(reason);
    for (const listener of this.#listeners) listener();
  }

  get signal(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.aborted) this.#ending.abort(this.reason);
    return this.#ending.signal;
  }

  get isDeserted(): boolean {
    return this.#caller?.aborted ?? false;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  hold(): void {
    this.#isHeld = true;
  }

  has(ms: number): boolean {
    return performance.now() + ms < this.#endsAt;
  }

  during<T>(work: T | Promise<T>): Promise<T> {
    if (this.aborted) return Promise.reject(this.reason);
    return new Promise((resolve, reject) => {
      const end = (): void => reject(this.reason);
      const forget = (): void => this.removeEventListener('abort', end);
      this.addEventListener('abort', end);
      Promise.resolve(work).then(
        (result) => {
          forget();
          resolve(result);
        },
        (error: unknown) => {
          forget();
          reject(error);
        },
      );
    });
  }

  sleep(ms: number): Promise<void> {
    let waiting: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => {
      waiting = setTimeout(resolve, ms);
    });
    return this.during(passed).finally(() => clearTimeout(waiting));
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#leave);
  }
}

/**
 * Begins the time of a call.
 *
 * @param late The reason at the deadline.
 */
export const beginCallTime = (ms: number, caller: CallSignal | undefined, late: () => Error): CallTime =>
  new RunningCallTime(ms, caller, late);
