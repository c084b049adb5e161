import { SpanKind } from '@opentelemetry/api';
import {
  type Attempt,
  type AttemptObserver,
  type CallOptions,
  createLogtoUsersClient,
  LogtoTimeoutError,
  LogtoUsersError,
  type Send,
} from '@users-bff/logto-users';
import { createTokenCache } from '@users-bff/token-cache';
import { createRedisStore } from '@users-bff/token-cache/redis';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import { logTokenEvents } from './log-token-events.js';
import { createBulkhead } from './rate-limits/bulkhead.js';
import type { Readiness } from './readiness.js';
import { countTokenEvents } from './telemetry/count-token-events.js';
import type { Metrics } from './telemetry/metrics.js';
import { beginSpan, failSpan, inSpan, type TraceHeaders, traceHeaders } from './telemetry/tracing.js';

/** Requests to Logto: as many as there are connections; who waits longer than a second is told to come back. */
const BULKHEAD = { limit: 64, queueLimit: 1_024, maxWaitMs: 1_000 };

const CIRCUIT = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What goes with the calls of one request. */
export interface RequestFacts extends Pick<CallOptions, 'language' | 'requestId' | 'timeoutMs'> {
  /** The trace of the request, which goes on to Logto where no span of ours does. */
  readonly trace: TraceHeaders | undefined;
}

/** The way to Logto: one token, one pool of connections, one bulkhead. */
export interface Upstream {
  /** Sends operations for a caller, who has a share of the bulkhead. */
  sendFor(caller: string, facts: RequestFacts): Send;
  /** Whether so many calls wait for room that no other may. */
  isFull(): boolean;
  /** Resolves when a token has been had. */
  warmUp(): Promise<void>;
  /** Breaks off what goes on: of writes the outcome is unknown then. */
  abandon(): Promise<void>;
  /** Closes the connections once the calls in flight have ended. */
  close(): Promise<void>;
}

/** What a request that is repeated came to, in one word. */
const retryReason = (status: number | undefined): string => (status === undefined ? 'connection' : String(status));

/** The same for metrics and spans. */
const resultOf = (status: number | undefined, error: unknown): string => {
  if (status !== undefined) return String(status);
  if (error instanceof LogtoTimeoutError) return 'timeout';
  return error instanceof LogtoUsersError ? 'connection' : 'cancelled';
};

/** Joins the token cache to the client of Logto. */
export const createUpstream = (config: Config, log: Logger, metrics: Metrics, readiness: Readiness): Upstream => {
  const store = config.tokenCache && createRedisStore(config.tokenCache);
  const logEvent = logTokenEvents(log);
  const countEvent = countTokenEvents(metrics, store !== undefined);
  let wasInMemory = false;
  const tokens = createTokenCache({
    issuer: `${config.logtoEndpoint}/oidc`,
    clientId: config.logtoAppId,
    clientAuthentication: { method: 'client_secret_basic', clientSecret: config.logtoAppSecret },
    resource: config.logtoResource,
    scope: 'all',
    timeoutMs: config.logtoTimeoutMs,
    allowInsecureHttp: config.allowInsecureHttp,
    ...(store && { store }),
    onEvent(event) {
      if (event.type === 'hit') wasInMemory = true;
      if (event.type === 'refresh' || event.type === 'shared_hit') readiness.ok('token');
      if (event.type === 'failure') readiness.failing('token', event.error.message);
      if (event.type === 'store_down') readiness.failing('sharedCache', 'down: this process goes on alone');
      if (event.type === 'store_up' || (store && event.type === 'shared_hit')) readiness.ok('sharedCache');
      logEvent(event);
      countEvent(event);
    },
  });
  const bulkhead = createBulkhead(BULKHEAD);
  metrics.beforeScrape(() => {
    metrics.upstreamInFlight.set(bulkhead.inFlight);
    metrics.upstreamQueue.set(bulkhead.waiting);
  });

  const getAccessToken = (options: { readonly signal?: AbortSignal }): Promise<string> =>
    inSpan('token.get', {}, (span) => {
      wasInMemory = false;
      const token = tokens.getToken(options);
      span.setAttribute('cache.result', wasInMemory ? 'memory' : 'waited');
      if (wasInMemory) {
        span.end();
        return token;
      }
      const fail = (error: unknown): never => {
        failSpan(span, error instanceof Error ? error.name : 'unknown');
        throw error;
      };
      return token.catch(fail).finally(() => span.end());
    });

  const logto = createLogtoUsersClient({
    endpoint: config.logtoEndpoint,
    responseTimeoutMs: config.logtoTimeoutMs,
    callTimeoutMs: config.callTimeoutMs,
    connections: BULKHEAD.limit,
    getAccessToken,
    onTokenRejected: tokens.invalidate,
    onBreakerChange(state) {
      metrics.circuit.set(CIRCUIT[state]);
      if (state === 'open') {
        log.error('Logto fails: it is left alone, and tried again in a few seconds');
        readiness.failing('logto', 'left alone after failures');
      } else if (state === 'closed') {
        log.info('Logto is back');
        readiness.ok('logto');
      }
    },
  });

  const { hostname } = new URL(config.logtoEndpoint);
  const observe = (
    { operation, method, path, resends }: Attempt,
    lastStatus: number | undefined,
    requestTrace: TraceHeaders | undefined,
  ): AttemptObserver => {
    if (resends > 0) metrics.retries.inc({ reason: retryReason(lastStatus) });
    const startedAt = performance.now();
    const span = beginSpan(`${method} ${path}`, SpanKind.CLIENT, {
      'http.request.method': method,
      'url.template': path,
      'server.address': hostname,
      'http.request.resend_count': resends,
    });
    const trace = traceHeaders(span) ?? requestTrace;
    return {
      ...(trace && { trace }),
      end({ status, error }) {
        const result = resultOf(status, error);
        metrics.upstream.observe({ operation, status: result }, (performance.now() - startedAt) / 1_000);
        if (status !== undefined) span.setAttribute('http.response.status_code', status);
        if (status === undefined || status >= 400) failSpan(span, result);
        span.end();
        if (status === 403) readiness.failing('credential', "Logto does not let this server's application call");
        else if (status !== undefined && status < 400) readiness.ok('credential');
      },
    };
  };

  return {
    sendFor:
      (caller, { trace, ...facts }) =>
      (operation, input, options) => {
        let lastStatus: number | undefined;
        return logto.send(operation, input, {
          ...options,
          ...facts,
          admit: (request, time) => bulkhead.run(caller, request, time),
          onAttempt(attempt) {
            const own = observe(attempt, lastStatus, trace);
            const others = options?.onAttempt?.(attempt);
            return {
              ...own,
              end(result) {
                lastStatus = result.status;
                own.end(result);
                others?.end(result);
              },
            };
          },
        });
      },
    isFull: () => bulkhead.isFull,
    async warmUp() {
      await tokens.getToken();
    },
    abandon: logto.abandon,
    async close() {
      await logto.close();
      await tokens.close();
      await store?.close();
    },
  };
};
