import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createRedisClient } from '@users-bff/token-cache/redis';
import express, { type ErrorRequestHandler } from 'express';
import { createAudit } from './audit/audit.js';
import { fileSink, logSink, redisSink } from './audit/sinks.js';
import { createAccessTokenVerifier } from './authentication/verify-access-token.js';
import { createTargetRules } from './authorization/target-rules.js';
import type { Config } from './config/config.js';
import { currentRequest } from './current-request.js';
import { setCommonHeaders } from './http/answer.js';
import { authenticate } from './http/authenticate.js';
import { beginRequest } from './http/begin-request.js';
import { browsers } from './http/browsers.js';
import { createClientAddress } from './http/client-address.js';
import { health } from './http/health.js';
import { refuse } from './http/refuse.js';
import { createLoadShedder } from './http/shed-load.js';
import { inTurn, type Step } from './http/step.js';
import { trpcEndpoint } from './http/trpc-endpoint.js';
import type { Logger } from './log.js';
import { panelGuard } from './panel/guard.js';
import { createUsersPanel } from './panel/panel.js';
import { createRateLimits } from './rate-limits/rate-limits.js';
import { createTurns } from './rate-limits/turns.js';
import { createReadiness } from './readiness.js';
import type { Metrics } from './telemetry/metrics.js';
import { createUpstream } from './upstream.js';
import { warmUp } from './warm-up.js';

/** A call waits for it: rather count alone than keep callers waiting. */
const REDIS_TIMEOUT_MS = 500;

/** The application, ready to listen. */
export interface App {
  readonly handler: RequestListener;
  /** From now on `/readyz` says no, and callers are told to connect elsewhere. */
  stopAccepting(): void;
  /** Writes down and counts all calls that have ended, of which some wait for that. */
  catchUp(): void;
  /** Breaks off what is asked of Logto. */
  abandon(): Promise<void>;
  /** Closes the connections to Logto and Redis once the calls in flight have ended. */
  close(): Promise<void>;
}

/** Makes the application. The order of a request is the order of the lines. */
export const createApp = (config: Config, log: Logger, metrics: Metrics): App => {
  const { clockToleranceS, publicUrl, stepUp, maxBatchSize, authenticationFailures: failures } = config;
  const readiness = createReadiness([
    { name: 'token', isRequired: true },
    { name: 'keys', isRequired: true },
    { name: 'credential', isRequired: false },
    { name: 'logto', isRequired: false },
    ...(config.tokenCache ? [{ name: 'sharedCache', isRequired: false }] : []),
    { name: 'audit', isRequired: false },
  ]);
  const upstream = createUpstream(config, log, metrics, readiness);
  const verify = createAccessTokenVerifier({
    issuers: config.issuers,
    clockToleranceS,
    onKeysRefresh(issuer, isOk) {
      metrics.keyRefreshes.inc({ issuer, result: isOk ? 'ok' : 'failed' });
      if (!isOk) readiness.failing('keys', 'the keys of an issuer cannot be fetched');
      else if ([...verify.keyAges().values()].every((age) => age !== undefined)) readiness.ok('keys');
    },
  });
  const checkTouch = createTargetRules(config);
  const redis = config.rateLimitUrl
    ? createRedisClient({ url: config.rateLimitUrl, commandTimeoutMs: REDIS_TIMEOUT_MS })
    : undefined;
  const limits = createRateLimits(config.rateLimits, redis);
  const { file, redisUrl, isStrict } = config.audit;
  const audit = createAudit({
    sinks: [logSink(log), ...(file ? [fileSink(file)] : []), ...(redisUrl ? [redisSink(redisUrl)] : [])],
    isStrict,
    log,
    onRecord: ({ outcome = 'intent' }) => metrics.audit.inc({ outcome }),
    onSink: (name, isWorking) => (isWorking ? readiness.ok('audit') : readiness.failing('audit', `${name} fails`)),
  });
  const load = createLoadShedder(config.load, metrics, upstream.isFull);
  const warming = warmUp([upstream.warmUp, verify.warmUp]);

  let isStopping = false;
  const sayGoodbye: Step = (_request, response, next) => {
    if (isStopping) response.setHeader('connection', 'close');
    next();
  };
  const fail = (error: unknown, response: ServerResponse): void => {
    log.error({ ...currentRequest(response).ids, errorName: (error as Error).name }, 'request failed');
    if (response.headersSent) response.destroy();
    else refuse(response, 'INTERNAL_SERVER_ERROR', 'Something broke in this server.');
  };
  const addressOf = createClientAddress(config.trustProxy);
  const authenticated = authenticate(
    { verify, clockToleranceS, publicUrl, addressOf, failures },
    { audit, log, metrics },
  );
  const takeTurn = createTurns();
  const calls = trpcEndpoint({
    upstream,
    takeTurn,
    checkTouch,
    stepUp,
    limits,
    audit,
    log,
    metrics,
    addressOf,
    maxBatchSize,
  });
  metrics.beforeScrape(() => {
    calls.catchUp();
    metrics.auditWaiting.set(audit.waiting);
    for (const [issuer, ageMs] of verify.keyAges())
      if (ageMs !== undefined) metrics.keyAge.set({ issuer }, ageMs / 1_000);
  });

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // On this machine alone there is nothing to keep from anybody.
  const guard = config.isLocal ? undefined : panelGuard(authenticated);
  if (config.panel.isOn) app.use('/panel', createUsersPanel(config, guard));
  app.use(authenticated);
  app.use('/trpc', calls.adapted);
  app.use((_request, response) => refuse(response, 'NOT_FOUND', 'There is nothing here.'));
  const lastResort: ErrorRequestHandler = (error, _request, response, _next) => fail(error, response);
  app.use(lastResort);

  // Before Express: it gives each request another prototype, which makes all that is done with it much slower.
  const plainCalls = inTurn(authenticated, calls.plain);
  const enter = inTurn(
    sayGoodbye,
    beginRequest(metrics),
    browsers({ origins: config.corsOrigins, isLocal: config.isLocal }),
    health(readiness, warming.isTried),
    load.handler,
    (request, response, next) => (request.url?.startsWith('/trpc/') ? plainCalls(request, response, next) : next()),
  );
  const handler = (request: IncomingMessage, response: ServerResponse): void =>
    enter(request, response, (error) => {
      if (error !== undefined) return fail(error, response);
      setCommonHeaders(response);
      app(request, response);
    });

  return {
    handler,
    stopAccepting() {
      isStopping = true;
      readiness.stop();
    },
    catchUp: calls.catchUp,
    abandon: upstream.abandon,
    async close() {
      warming.stop();
      load.close();
      await upstream.close();
      await audit.close();
      redis?.disconnect();
      calls.catchUp();
    },
  };
};
