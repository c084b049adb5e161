import type { ServerResponse } from 'node:http';
import type { CallOptions } from '@users-bff/logto-users';

/** As much of an AbortSignal as calls need. */
export type CallerSignal = NonNullable<CallOptions['signal']>;

/** A class, and none of the web's: one of those takes longer to make than most calls take to check. */
class Leaving implements CallerSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly #listeners = new Set<() => void>();

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  leave(): void {
    this.aborted = true;
    this.reason = new DOMException('The caller went away.', 'AbortError');
    for (const listener of this.#listeners) listener();
  }
}

/** Tells where the caller leaves before the answer: queries end then. */
export const callerSignal = (response: ServerResponse): CallerSignal => {
  const signal = new Leaving();
  response.on('close', () => {
    if (!response.writableEnded) signal.leave();
  });
  return signal;
};
