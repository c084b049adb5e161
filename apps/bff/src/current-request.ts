import type { ServerResponse } from 'node:http';
import type { RequestTrace } from './telemetry/tracing.js';

/** The ids by which an operator finds what is said of a request. */
export interface RequestIds {
  readonly requestId: string;
  readonly traceId: string;
}

/** What is known of a request from its beginning. */
export interface CurrentRequest extends RequestTrace {
  readonly ids: RequestIds;
}

const CURRENT = Symbol('current request');

type Answer = ServerResponse & { [CURRENT]?: CurrentRequest };

/** Notes it with the answer, which everybody has who answers. */
export const setCurrentRequest = (response: ServerResponse, current: CurrentRequest): void => {
  (response as Answer)[CURRENT] = current;
};

/** The request that is answered. */
export const currentRequest = (response: ServerResponse): CurrentRequest =>
  (response as Answer)[CURRENT] as CurrentRequest;
