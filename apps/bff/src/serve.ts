import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createApp } from './app.js';
import type { Config } from './config/config.js';
import { describeConfig } from './config/describe-config.js';
import { refuseUnreadable } from './http/refuse-unreadable.js';
import type { Logger } from './log.js';
import { createMetrics } from './telemetry/metrics.js';
import { serveMetrics } from './telemetry/metrics-server.js';
import { followSpans } from './telemetry/tracing.js';

/** A running server. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Where its metrics are, such as `http://127.0.0.1:9464/metrics`. */
  readonly metricsUrl: string | undefined;
  /** Writes down and counts at once all calls that have ended: some wait a few milliseconds for that. */
  catchUp(): void;
  /**
   * Ends it: not ready at once, no new connection after a while, grace for the calls in flight. What is not done then
   * is broken off, and on record as such.
   */
  stop(): Promise<void>;
}

/** For callers who are slow, or never come to a point. */
const HTTP = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // How often the two above are looked at.
  connectionsCheckingInterval: 1_000,
  // Above the idle time of the load balancers in front: they close first, and no call meets a closing connection.
  keepAliveTimeout: 65_000,
};
/** How long a connection may be silent at first when the server ends. */
const FIRST_BYTE_MS = 1_000;
const MAX_HEADERS = 100;
const MAX_CONNECTIONS = 10_000;
const MAX_REQUESTS_PER_CONNECTION = 10_000;
/** Connections that wait to be taken: beyond Node's 511 a burst would lose some, and its callers seconds. */
const BACKLOG = 4_096;

const warn = (config: Config, log: Logger): void => {
  if (config.environment !== 'production') return;
  if (/^v20\./.test(process.version)) {
    log.warn('Node.js 20 is past its end of life: run a supported version in production');
  }
  if (config.protectedRoles.length === 0) {
    log.warn('PROTECTED_ROLES names no role: administrators are touched like everybody else');
  }
  if (config.allowInsecureHttp) log.warn('ALLOW_INSECURE_HTTP is set: credentials may travel unencrypted');
};

const addressOf = (server: Server, host: string): string => {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
};

/**
 * Starts the server.
 *
 * @throws Error where a port is taken.
 */
export const serve = async (config: Config, log: Logger): Promise<RunningServer> => {
  const metrics = createMetrics();
  const metricsServer = config.metrics && (await serveMetrics(metrics, config.metrics));
  followSpans();
  const app = createApp(config, log, metrics);
  const server = createServer(HTTP, app.handler);
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  server.on('clientError', refuseUnreadable);
  const connectedAt = new Map<Socket, number>();
  server.on('connection', (socket) => {
    connectedAt.set(socket, performance.now());
    socket.once('close', () => connectedAt.delete(socket));
  });
  server.listen({ port: config.port, host: config.host, backlog: BACKLOG });
  await once(server, 'listening').catch(async (error: unknown) => {
    await app.close();
    await metricsServer?.close();
    throw error;
  });
  const url = addressOf(server, config.host);
  log.info({ configuration: describeConfig(config) }, 'configuration');
  log.info({ url, metricsUrl: metricsServer?.url, environment: config.environment }, 'listening');
  warn(config, log);

  /** Resolves to whether all calls have ended. */
  const drain = async (): Promise<boolean> => {
    const closed = once(server, 'close').then(() => true);
    server.close();
    const closeIdle = (): void => {
      // Those that become idle later have been told nothing: their answers had begun.
      server.closeIdleConnections();
      // Opened ahead, as browsers do, and never used: to Node they are busy. A new one's request may be on its way.
      const before = performance.now() - FIRST_BYTE_MS;
      for (const [socket, at] of connectedAt) if (socket.bytesRead === 0 && at < before) socket.destroy();
    };
    const idle = setInterval(closeIdle, 50);
    const late = new AbortController();
    const isDone = await Promise.race([
      closed,
      setTimeout(config.shutdownGraceMs, false, { signal: late.signal }).catch(() => false),
    ]);
    late.abort();
    clearInterval(idle);
    return isDone;
  };

  return {
    url,
    metricsUrl: metricsServer?.url,
    catchUp: app.catchUp,
    async stop() {
      log.info('stopping');
      app.stopAccepting();
      await setTimeout(config.shutdownDelayMs);
      if (!(await drain())) {
        log.warn('calls are broken off: the time to finish is over');
        server.closeAllConnections();
        await app.abandon();
      }
      await app.close();
      await metricsServer?.close();
      log.info('stopped');
    },
  };
};
