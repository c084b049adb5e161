import { AsyncLocalStorage } from 'node:async_hooks';
import { currentTraceId } from './telemetry/tracing.js';

const requestIds = new AsyncLocalStorage<string>();

/** Runs what belongs to a request, so that errors from before a call's context are made can tell its id. */
export const runRequest = <T>(requestId: string, work: () => T): T => requestIds.run(requestId, work);

/** The id of the request that is being answered. */
export const currentRequestId = (): string => requestIds.getStore() ?? 'unknown';

/** The ids by which an operator finds what is said of the request. */
export const currentIds = (): { requestId: string; traceId?: string } => {
  const traceId = currentTraceId();
  return { requestId: currentRequestId(), ...(traceId !== undefined && { traceId }) };
};
