import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { RequestHandler } from 'express';
import { callerKey } from '../authentication/caller.js';
import { challenge } from '../authentication/challenge.js';
import { currentRequest } from '../current-request.js';
import { ProcedureError, StepUpError, toProcedureError } from '../errors.js';
import type { Logger } from '../log.js';
import type { Balance } from '../rate-limits/limiter.js';
import { appRouter } from '../router/index.js';
import { createAfterwards } from '../telemetry/afterwards.js';
import type { Metrics } from '../telemetry/metrics.js';
import { traceHeaders } from '../telemetry/tracing.js';
import { type CallRecord, type Context, noteFault, type Server } from '../trpc.js';
import type { Upstream } from '../upstream.js';
import { callerOf } from './authenticate.js';
import { logCall } from './call-log.js';
import type { ClientAddress } from './client-address.js';
import { plainCalls } from './plain-calls.js';
import { readCall } from './read-call.js';
import type { Step } from './step.js';

/** What calls are answered with. */
export interface TrpcEndpointOptions extends Omit<Server, 'onCall'> {
  readonly upstream: Pick<Upstream, 'sendFor'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly addressOf: ClientAddress;
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
const addRateLimits = (headers: Record<string, string>, balances: ReadonlyMap<string, Balance>): void => {
  let policy = '';
  let left = '';
  for (const [name, { points, seconds, remaining, resetSeconds }] of balances) {
    const separator = policy === '' ? '' : ', ';
    policy += `${separator}"${name}";q=${points};w=${seconds}`;
    left += `${separator}"${name}";r=${remaining};t=${resetSeconds}`;
  }
  if (policy === '') return;
  headers['ratelimit-policy'] = policy;
  headers['ratelimit'] = left;
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

/** Answers tRPC's calls, single and in batches. */
export interface TrpcEndpoint {
  /** Plain calls below `/trpc/`, directly. All others go on, with what has been read of them. */
  readonly plain: Step;
  /** All calls, by tRPC's own adapter; mounted in Express. */
  readonly adapted: RequestHandler;
  /** Writes down and counts at once all calls that have ended. */
  catchUp(): void;
}

type Read = IncomingMessage & { body?: string | undefined };

/** Makes it. */
export const trpcEndpoint = (options: TrpcEndpointOptions): TrpcEndpoint => {
  const { upstream, takeTurn, checkTouch, stepUp, limits, audit, log, metrics, addressOf, maxBatchSize } = options;
  const afterwards = createAfterwards();
  const writeDown = logCall(log);
  const server: Server = {
    takeTurn,
    checkTouch,
    stepUp,
    limits,
    audit,
    onCall(record, ctx) {
      afterwards.add(() => {
        writeDown(record, ctx);
        count(metrics, record);
      });
    },
  };

  const createContext = ({ req, res }: { req: IncomingMessage; res: ServerResponse }): Context => {
    const caller = callerOf(res);
    const { ids, span } = currentRequest(res);
    return {
      server,
      ids,
      caller,
      address: () => addressOf(req),
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
    const headers: Record<string, string> = {};
    if (ctx) addRateLimits(headers, ctx.balances);
    const known = errors.filter((error) => error instanceof ProcedureError);
    const told = challengeOf(known);
    if (told !== undefined) headers['www-authenticate'] = told;
    const waits = known.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
    if (waits.length > 0) headers['retry-after'] = String(Math.max(...waits));
    return { headers };
  };

  const adapter = createExpressMiddleware({
    router: appRouter,
    maxBatchSize,
    // Queries may go by POST, so that personal data stays out of URLs and access logs.
    allowMethodOverride: true,
    createContext,
    responseMeta,
    onError: ({ error, path, req: { res } }) => {
      const { ids } = currentRequest(res as ServerResponse);
      noteFault(error, ids);
      // Calls that reached a procedure have their line already.
      const isKnown = path !== undefined && Object.hasOwn(appRouter._def.procedures, path);
      if (!isKnown) log.info({ ...ids, outcome: error.code }, 'no call');
    },
  });

  const answerPlainly = plainCalls({ maxBatchSize, createContext, responseMeta });

  /** Resolves to whether it is answered. */
  const answer = async (request: Read, response: ServerResponse): Promise<boolean> => {
    const sent = await readCall(request, response);
    if (!sent) return true;
    request.body = sent.text;
    const isAnswered = answerPlainly(request, response, sent);
    await isAnswered;
    return isAnswered !== undefined;
  };

  return {
    catchUp: afterwards.catchUp,
    plain(request, response, next) {
      answer(request, response).then((isAnswered) => isAnswered || next(), next);
    },
    async adapted(request, response, next) {
      if (!('body' in request)) {
        const sent = await readCall(request, response);
        if (!sent) return;
        Object.assign(request, { body: sent.text });
      }
      adapter(request, response, next);
    },
  };
};
