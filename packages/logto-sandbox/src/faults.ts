import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** How a call is made to fail. */
export type Fault =
  /** Answers with this status instead of doing the call. */
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** Never answers. */
  | { kind: 'hang' }
  /** Breaks the connection without an answer. */
  | { kind: 'reset' }
  /** Answers 200 with what is no JSON. */
  | { kind: 'garbage' };

/** Which calls: those of the Users API or those of the token endpoint. */
export type Target = 'api' | 'token';

/** Breaks calls on demand. */
export interface Faults {
  /** The next `count` calls fail so; all of them with `Infinity`. */
  failNext(count: number, fault: Fault, target?: Target): void;
  /** Takes back the failures to come. */
  stopFailing(): void;
  /** Milliseconds that every call waits before it is done. */
  latencyMs: number;
  /** Whether this call was broken, and so needs no answer. */
  applyTo(target: Target, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

const perform = (fault: Fault, request: IncomingMessage, response: ServerResponse): void => {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'reset':
      request.socket.destroy();
      return;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":');
      return;
    default: {
      const isText = typeof fault.body === 'string';
      response.writeHead(fault.status, {
        'content-type': isText ? 'text/html' : 'application/json; charset=utf-8',
        ...fault.headers,
      });
      response.end(isText ? fault.body : JSON.stringify(fault.body ?? { message: 'Internal server error.' }));
    }
  }
};

/** No faults yet. */
export const createFaults = (): Faults => {
  const planned: Record<Target, { fault: Fault; left: number }[]> = { api: [], token: [] };

  const next = (target: Target): Fault | undefined => {
    const [first] = planned[target];
    if (!first) return undefined;
    first.left -= 1;
    if (first.left <= 0) planned[target].shift();
    return first.fault;
  };

  return {
    latencyMs: 0,
    failNext(count, fault, target = 'api') {
      if (count > 0) planned[target].push({ fault, left: count });
    },
    stopFailing() {
      planned.api = [];
      planned.token = [];
    },
    async applyTo(target, request, response) {
      const fault = next(target);
      if (this.latencyMs > 0) await setTimeout(this.latencyMs);
      if (!fault) return false;
      request.resume();
      perform(fault, request, response);
      return true;
    },
  };
};
