import { setTimeout } from 'node:timers/promises';

const RETRY_MS = 1_000;

/** Goes on in the background until everything has been had once. */
export interface WarmUp {
  /** Resolves when everything has been tried once. */
  readonly isTried: Promise<void>;
  stop(): void;
}

/** Gets what the first caller would wait for otherwise. Failures are told by those that are asked. */
export const warmUp = (parts: readonly (() => Promise<unknown>)[]): WarmUp => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const get = (part: () => Promise<unknown>): Promise<boolean> =>
    part().then(
      () => true,
      () => false,
    );
  const insist = async (part: () => Promise<unknown>, first: Promise<boolean>): Promise<void> => {
    let isThere = await first;
    while (!isThere && !signal.aborted) {
      await setTimeout(RETRY_MS, undefined, { signal, ref: false }).catch(() => {});
      isThere = signal.aborted || (await get(part));
    }
  };
  const firsts = parts.map((part) => {
    const first = get(part);
    void insist(part, first);
    return first;
  });
  return { isTried: Promise.all(firsts).then(() => {}), stop: () => stopping.abort() };
};
