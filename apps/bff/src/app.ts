import { createLogtoUsersClient } from '@users-bff/logto-users';
import { createTokenCache } from '@users-bff/token-cache';
import { createRedisClient, createRedisStore } from '@users-bff/token-cache/redis';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { createAudit } from './audit/audit.js';
import { fileSink, logSink, redisSink } from './audit/sinks.js';
import { createAccessTokenVerifier } from './authentication/verify-access-token.js';
import { createTargetRules } from './authorization/target-rules.js';
import type { Config } from './config/config.js';
import { currentRequestId } from './current-request.js';
import { authenticate } from './http/authenticate.js';
import { browsers } from './http/browsers.js';
import { health } from './http/health.js';
import { callsOnly, readInput } from './http/limits.js';
import { refuse } from './http/refuse.js';
import { requestId } from './http/request-id.js';
import { trpcEndpoint } from './http/trpc-endpoint.js';
import type { Logger } from './log.js';
import { logTokenEvents } from './log-token-events.js';
import { createBulkhead } from './rate-limits/bulkhead.js';
import { createRateLimits } from './rate-limits/rate-limits.js';

/** Calls to Logto: as many as there are connections; as many may wait as it answers in a few seconds. */
const BULKHEAD = { limit: 64, queueLimit: 1_024, maxWaitMs: 5_000 };

const isLocal = ({ environment, host }: Config): boolean =>
  environment !== 'production' && /^(localhost|127(\.\d+){3}|::1)$/.test(host);

/** A call waits for it: rather count alone than keep callers waiting. */
const REDIS_TIMEOUT_MS = 500;

/** The application, ready to listen. */
export interface App {
  readonly handler: Express;
  /** From now on `/readyz` says no. */
  stopAccepting(): void;
  /** Closes the connections to Logto and Redis once the calls in flight have ended. */
  close(): Promise<void>;
}

/** Makes the application. The order of a request is the order of the lines. */
export const createApp = (config: Config, log: Logger): App => {
  const store = config.tokenCache && createRedisStore(config.tokenCache);
  const tokens = createTokenCache({
    issuer: `${config.logtoEndpoint}/oidc`,
    clientId: config.logtoAppId,
    clientAuthentication: { method: 'client_secret_basic', clientSecret: config.logtoAppSecret },
    resource: config.logtoResource,
    scope: 'all',
    timeoutMs: config.logtoTimeoutMs,
    allowInsecureHttp: config.allowInsecureHttp,
    ...(store && { store }),
    onEvent: logTokenEvents(log),
  });
  const logto = createLogtoUsersClient({
    endpoint: config.logtoEndpoint,
    responseTimeoutMs: config.logtoTimeoutMs,
    getAccessToken: tokens.getToken,
    onTokenRejected: tokens.invalidate,
  });
  const { clockToleranceS, publicUrl, stepUp, maxBatchSize, authenticationFailures: failures } = config;
  const verify = createAccessTokenVerifier({ issuers: config.issuers, clockToleranceS });
  const checkTouch = createTargetRules(config);
  const redis = config.rateLimitUrl
    ? createRedisClient({ url: config.rateLimitUrl, commandTimeoutMs: REDIS_TIMEOUT_MS })
    : undefined;
  const limits = createRateLimits(config.rateLimits, redis);
  const bulkhead = createBulkhead(BULKHEAD);
  const { file, redisUrl, isStrict } = config.audit;
  const sinks = [logSink(log), ...(file ? [fileSink(file)] : []), ...(redisUrl ? [redisSink(redisUrl)] : [])];
  const audit = createAudit({ sinks, isStrict, log });

  let isStopping = false;
  const isReady = async (): Promise<boolean> =>
    !isStopping &&
    tokens.getToken().then(
      () => true,
      (error: unknown) => {
        log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'not ready: no token for Logto');
        return false;
      },
    );

  const lastResort: ErrorRequestHandler = (error, _request, response, _next) => {
    log.error({ requestId: currentRequestId(), errorName: (error as Error).name }, 'request failed');
    refuse(response, 'INTERNAL_SERVER_ERROR', 'Something broke in this server.');
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.trustProxy);
  app.use(requestId);
  app.use(browsers({ origins: config.corsOrigins, isLocal: isLocal(config) }));
  app.use(health(isReady));
  app.use(authenticate({ verify, clockToleranceS, publicUrl, failures }, audit, log));
  const parts = { send: logto.send, checkTouch, stepUp, limits, bulkhead, audit, log, maxBatchSize };
  app.use('/trpc', callsOnly, readInput, trpcEndpoint(parts));
  app.use((_request, response) => refuse(response, 'NOT_FOUND', 'There is nothing here.'));
  app.use(lastResort);

  return {
    handler: app,
    stopAccepting() {
      isStopping = true;
    },
    async close() {
      await logto.close();
      await audit.close();
      await tokens.close();
      await store?.close();
      redis?.disconnect();
    },
  };
};
