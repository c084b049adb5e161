import { useState } from 'react';
import type { Secrets } from '../schema/secrets.js';
import type { Call, Outcome } from './send.js';

/** A call that was made in this tab. Its secrets are not in it. */
export interface PastCall {
  readonly path: string;
  readonly input: unknown;
  readonly at: number;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly durationMs: number;
}

const KEY = 'trpc-panel:history';
const MAX = 50;

const restore = (): readonly PastCall[] => JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as PastCall[];

/** The calls of this tab, newest first. */
export const useHistory = (secrets: Secrets) => {
  const [calls, setCalls] = useState(restore);
  const save = (next: readonly PastCall[]) => {
    sessionStorage.setItem(KEY, JSON.stringify(next));
    return next;
  };
  return {
    calls,
    add: ({ path, input }: Call, { status, error, durationMs }: Outcome) => {
      const past = { path, input: secrets.masked(input), at: Date.now(), status, code: error?.code, durationMs };
      setCalls((before) => save([past, ...before].slice(0, MAX)));
    },
    clear: () => setCalls(save([])),
  };
};
