import { LogtoApiError, LogtoResponseError } from '@users-bff/logto-users';
import { toProcedureError } from '../errors.js';
import { type Logger, unredacted } from '../log.js';
import type { CallRecord, Context } from '../trpc.js';

/** Failures of others than the caller, which an operator wants to see. */
const UPSTREAM = new Set(['BAD_GATEWAY', 'SERVICE_UNAVAILABLE', 'GATEWAY_TIMEOUT']);

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** The id under which Logto's own log knows the answer. */
const logtoRequestId = (cause: unknown): string | undefined =>
  cause instanceof LogtoApiError || cause instanceof LogtoResponseError ? cause.logtoRequestId : undefined;

/** Writes one line for each call: who, what, how it ended. Neither input nor output, nor text from outside. */
export const logCall = (log: Logger) => {
  const plain = unredacted(log);
  return ({ procedure, durationMs, upstream, error }: CallRecord, { ids, caller }: Context): void => {
    const known = error && toProcedureError(error);
    const outcome = known?.code ?? error?.code ?? 'ok';
    const isOurs = outcome === 'INTERNAL_SERVER_ERROR';
    const line = {
      requestId: ids.requestId,
      traceId: ids.traceId,
      procedure,
      subject: caller.subject,
      clientId: caller.clientId,
      outcome,
      durationMs: tenths(durationMs),
      upstreamMs: tenths(upstream.durationMs),
      upstreamStatus: upstream.status,
      attempts: upstream.attempts,
      logtoCode: known?.logto?.code,
      logtoRequestId: logtoRequestId(known?.cause),
      errorName: isOurs ? error?.cause?.name : undefined,
      stack: isOurs ? error?.cause?.stack?.split('\n').slice(1, 6) : undefined,
    };
    plain[isOurs ? 'error' : UPSTREAM.has(outcome) ? 'warn' : 'info'](line, 'call');
  };
};
