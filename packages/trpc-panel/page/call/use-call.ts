import { useEffect, useRef, useState } from 'react';
import { type Call, type Endpoint, type Outcome, send } from './send.js';
import { subscribe } from './subscribe.js';

/** A call on its way, and what came of it. */
export interface Running {
  readonly isRunning: boolean;
  readonly outcome: Outcome | undefined;
  /** What a subscription has told so far. */
  readonly events: readonly unknown[];
  run(call: Call): Promise<Outcome | undefined>;
  cancel(): void;
}

const MAX_EVENTS = 200;

/** Makes calls, one at a time. Leaving the page cancels. */
export const useCall = (endpoint: Endpoint): Running => {
  const [stop, setStop] = useState<AbortController>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [events, setEvents] = useState<readonly unknown[]>([]);
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);

  const follow = async (call: Call, signal: AbortSignal): Promise<Outcome> => {
    const startedAt = performance.now();
    let bytes = 0;
    const none = { path: call.path, kind: call.kind, batch: 1, raw: '', headers: [] };
    const tell = (value: unknown) => {
      bytes += JSON.stringify(value)?.length ?? 0;
      setEvents((before) => [value, ...before].slice(0, MAX_EVENTS));
    };
    const ended = (): Pick<Outcome, 'durationMs' | 'bytes'> => ({ durationMs: performance.now() - startedAt, bytes });
    try {
      await subscribe(call, endpoint, signal, tell);
      return { ...none, ...ended(), status: 200, result: 'The subscription has ended.' };
    } catch (error) {
      if (signal.aborted) return { ...none, ...ended(), status: 200, result: 'Stopped.' };
      const message = error instanceof Error ? error.message : 'The stream failed.';
      return { ...none, ...ended(), error: { code: undefined, message, data: {} } };
    }
  };

  return {
    isRunning: stop !== undefined,
    outcome,
    events,
    run: async (call) => {
      const controller = new AbortController();
      current.current?.abort();
      current.current = controller;
      setStop(controller);
      setOutcome(undefined);
      setEvents([]);
      const [made] =
        call.kind === 'subscription'
          ? [await follow(call, controller.signal)]
          : await send([call], endpoint, controller.signal);
      if (current.current !== controller) return undefined;
      setStop(undefined);
      setOutcome(made);
      return made;
    },
    cancel: () => stop?.abort(),
  };
};
