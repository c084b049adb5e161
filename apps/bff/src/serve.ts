import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.js';
import type { Config } from './config/config.js';
import { describeConfig } from './config/describe-config.js';
import { refuseUnreadable } from './http/refuse-unreadable.js';
import type { Logger } from './log.js';

/** A running server. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no new connection, gives calls in flight their grace time, and ends. */
  stop(): Promise<void>;
}

/**
 * Starts the server.
 *
 * @throws Error where the port is taken.
 */
export const serve = async (config: Config, log: Logger): Promise<RunningServer> => {
  const app = createApp(config, log);
  const server = createServer(app.handler);
  server.on('clientError', refuseUnreadable);
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const url = `http://${host}:${port}`;
  log.info({ configuration: describeConfig(config) }, 'configuration');
  log.info({ url, environment: config.environment }, 'listening');
  if (config.environment === 'production' && /^v20\./.test(process.version)) {
    log.warn('Node.js 20 is past its end of life: run a supported version in production');
  }

  if (config.environment === 'production' && config.protectedRoles.length === 0) {
    log.warn('PROTECTED_ROLES names no role: administrators are touched like everybody else');
  }
  if (config.environment === 'production' && config.allowInsecureHttp) {
    log.warn('ALLOW_INSECURE_HTTP is set: credentials may travel unencrypted');
  }

  return {
    url,
    async stop() {
      app.stopAccepting();
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), config.shutdownGraceMs);
      await closed;
      clearTimeout(cut);
      await app.close();
      log.info('stopped');
    },
  };
};
