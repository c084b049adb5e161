import { setTimeout } from 'node:timers/promises';

const RETRY_MS = 1_000;

/** Goes on in the background until everything has been had once. */
export interface WarmUp {
  stop(): void;
}

/** Gets what the first caller would wait for otherwise. Failures are told by those that are asked. */
export const warmUp = (parts: readonly (() => Promise<unknown>)[]): WarmUp => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const get = async (part: () => Promise<unknown>): Promise<void> => {
    while (!signal.aborted) {
      const isThere = await part().then(
        () => true,
        () => false,
      );
      if (isThere) return;
      await setTimeout(RETRY_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  for (const part of parts) void get(part);
  return { stop: () => stopping.abort() };
};
