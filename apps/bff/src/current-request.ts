import type { Response } from 'express';
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

/** Notes it with the answer, which everybody has who answers. */
export const setCurrentRequest = (response: Response, current: CurrentRequest): void => {
  response.locals['request'] = current;
};

/** The request that is answered. */
export const currentRequest = (response: Response): CurrentRequest => response.locals['request'] as CurrentRequest;
