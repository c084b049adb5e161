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
  /** Does the call, and breaks the connection instead of answering. */
  | { kind: 'lost' }
  /** Answers 200 with what is no JSON. */
  | { kind: 'garbage' };

/** Which calls: those of the Users API, those of the token endpoint, or those of the Users API that are meant. */
export type Target = 'api' | 'token' | ((request: IncomingMessage) => boolean);

/** Breaks calls on demand. */
export interface Faults {
  /** The next `count` calls fail so; all of them with `Infinity`. */
  failNext(count: number, fault: Fault, target?: Target): void;
  /** Takes back the failures to come. */
  stopFailing(): void;
  /** Milliseconds that every call waits before it is done. */
  latencyMs: number;
  /** Whether this call was broken, and so needs no answer. */
  applyTo(target: 'api' | 'token', request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

const perform = (fault: Fault, request: IncomingMessage, response: ServerResponse): void => {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'reset':
    case 'lost':
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
  let planned: { readonly fault: Fault; readonly target: Target; left: number }[] = [];

  const next = (target: 'api' | 'token', request: IncomingMessage): Fault | undefined => {
    const found = planned.find((plan) =>
      typeof plan.target === 'function' ? target === 'api' && plan.target(request) : plan.target === target,
    );
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) planned = planned.filter((plan) => plan !== found);
    return found.fault;
  };

  return {
    latencyMs: 0,
    failNext(count, fault, target = 'api') {
      if (count > 0) planned.push({ fault, target, left: count });
    },
    stopFailing() {
      planned = [];
    },
    async applyTo(target, request, response) {
      const fault = next(target, request);
      if (this.latencyMs > 0) await setTimeout(this.latencyMs);
      if (!fault) return false;
      if (fault.kind === 'lost') {
        response.end = () => {
          perform(fault, request, response);
          return response;
        };
        return false;
      }
      request.resume();
      perform(fault, request, response);
      return true;
    },
  };
};
