import type { IncomingHttpHeaders } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { Request, RequestHandler, Response } from 'express';
import { callerKey } from '../authentication/caller.js';
import { challenge } from '../authentication/challenge.js';
import { currentRequest } from '../current-request.js';
import { ProcedureError, StepUpError, toProcedureError } from '../errors.js';
import type { Logger } from '../log.js';
import type { Balance } from '../rate-limits/limiter.js';
import { appRouter } from '../router/index.js';
import type { Metrics } from '../telemetry/metrics.js';
import { traceHeaders } from '../telemetry/tracing.js';
import { type CallRecord, type Context, noteFault, type Server } from '../trpc.js';
import type { Upstream } from '../upstream.js';
import { callerOf } from './authenticate.js';
import { logCall } from './call-log.js';
import { plainCalls } from './plain-calls.js';
import { readCall } from './read-call.js';

/** What calls are answered with. */
export interface TrpcEndpointOptions extends Omit<Server, 'onCall'> {
  readonly upstream: Pick<Upstream, 'sendFor'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Calls in one HTTP request. */
  readonly maxBatchSize: number;
}

/** What callers are told to do about their refusals (RFC 6750, RFC 9470). */
const challengeOf = (errors: readonly ProcedureError[]): string | undefined => {
  const stepUp = errors.find((error) => error instanceof StepUpError);
  if (stepUp) {
    const { maxAgeSeconds, acrValues } = stepUp;
    return challenge('insufficient_user_authentication', { maxAgeSeconds, acrValues });
  }
  const lacking = errors.flatMap(({ requiredPermission }) => requiredPermission ?? []);
  return lacking.length > 0 ? challenge('insufficient_scope', { scope: [...new Set(lacking)].join(' ') }) : undefined;
};

/** What is left of the caller's quotas (draft-ietf-httpapi-ratelimit-headers). */
const rateLimitHeaders = (balances: ReadonlyMap<string, Balance> | undefined): Record<string, string> => {
  if (!balances || balances.size === 0) return {};
  const all = [...balances];
  return {
    'ratelimit-policy': all.map(([name, { points, seconds }]) => `"${name}";q=${points};w=${seconds}`).join(', '),
    ratelimit: all
      .map(([name, { remaining, resetSeconds }]) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
  };
};

/** Milliseconds that the caller gives a call, by `X-Request-Timeout`. */
const timeoutOf = ({ 'x-request-timeout': value }: IncomingHttpHeaders): number | undefined =>
  typeof value === 'string' && /^[1-9]\d{0,6}$/.test(value) ? Number(value) : undefined;

const count = (metrics: Metrics, { procedure, permission, durationMs, error }: CallRecord): void => {
  const known = error && toProcedureError(error);
  const code = known?.code ?? error?.code ?? 'OK';
  metrics.calls.observe({ procedure, code }, durationMs / 1_000);
  if (code === 'FORBIDDEN') metrics.denied.inc({ procedure, permission: permission ?? 'none' });
  if (code === 'TOO_MANY_REQUESTS' && !known?.logto) metrics.rateLimited.inc({ procedure });
};

/** Answers tRPC's calls, single and in batches: plain ones directly, the others by tRPC's own adapter. */
export const trpcEndpoint = (options: TrpcEndpointOptions): RequestHandler => {
  const { upstream, takeTurn, checkTouch, stepUp, limits, audit, log, metrics, maxBatchSize } = options;
  const writeDown = logCall(log);
  const server: Server = {
    takeTurn,
    checkTouch,
    stepUp,
    limits,
    audit,
    onCall(record, ctx) {
      writeDown(record, ctx);
      count(metrics, record);
    },
  };

  const createContext = ({ req, res }: { req: Request; res: Response }): Context => {
    const caller = callerOf(res);
    const { ids, span } = currentRequest(res);
    return {
      server,
      ids,
      caller,
      ip: req.ip,
      send: upstream.sendFor(callerKey(caller), {
        requestId: ids.requestId,
        language: req.headers['accept-language'],
        timeoutMs: timeoutOf(req.headers),
        trace: traceHeaders(span),
      }),
      balances: new Map(),
    };
  };

  const responseMeta = ({ ctx, errors }: { ctx?: Context | undefined; errors: readonly TRPCError[] }) => {
    const known = errors.filter((error) => error instanceof ProcedureError);
    const told = challengeOf(known);
    const waits = known.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
    return {
      headers: {
        ...rateLimitHeaders(ctx?.balances),
        ...(told !== undefined && { 'www-authenticate': told }),
        ...(waits.length > 0 && { 'retry-after': String(Math.max(...waits)) }),
      },
    };
  };

  const adapter = createExpressMiddleware({
    router: appRouter,
    maxBatchSize,
    // Queries may go by POST, so that personal data stays out of URLs and access logs.
    allowMethodOverride: true,
    createContext,
    responseMeta,
    onError: ({ error, path, req: { res } }) => {
      const { ids } = currentRequest(res as Response);
      noteFault(error, ids);
      // Calls that reached a procedure have their line already.
      const isKnown = path !== undefined && Object.hasOwn(appRouter._def.procedures, path);
      if (!isKnown) log.info({ ...ids, outcome: error.code }, 'no call');
    },
  });

  const answerPlainly = plainCalls({ maxBatchSize, createContext, responseMeta });

  return async (request, response, next) => {
    const sent = await readCall(request, response);
    if (!sent) return;
    const isAnswered = answerPlainly(request, response, sent);
    if (isAnswered) return isAnswered;
    request.body = sent.text;
    adapter(request, response, next);
  };
};
