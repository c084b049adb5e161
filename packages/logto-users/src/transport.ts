import { Pool } from 'undici';
import type { LogtoRequest } from './build-request.js';
import { LogtoConnectionError, LogtoResponseError, LogtoTimeoutError } from './errors.js';
import type { LogtoResponse } from './read-response.js';

/** How to reach Logto. */
export interface TransportOptions {
  /** Base URL of the Logto tenant, such as `https://my-tenant.logto.app`. */
  endpoint: string;
  /** Milliseconds to wait for a connection. Default 1,000. */
  connectTimeoutMs?: number;
  /** Milliseconds to wait for the headers of an answer, and again between the parts of its body. Default 5,000. */
  responseTimeoutMs?: number;
  /** Connections to Logto at a time. Default 64. */
  connections?: number;
  /** The longest answer to accept, in bytes. Default 10 MiB. */
  maxResponseBytes?: number;
}

/** A pool of connections to one Logto. */
export interface Transport {
  /** Sends a request and reads its whole answer. Redirects are not followed. */
  exchange(
    operation: string,
    request: LogtoRequest,
    accessToken: string,
    signal: AbortSignal | undefined,
  ): Promise<LogtoResponse>;
  /** Closes the connections once the requests in flight have ended. */
  close(): Promise<void>;
}

/** Logto closes idle connections after 5 s; one that is older loses a POST. */
const KEEP_ALIVE_MS = 4_000;

const TIMEOUTS = new Set<unknown>(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const parseEndpoint = (endpoint: string): URL => {
  const url = new URL(endpoint);
  const { protocol, username, password, search, hash } = url;
  if (!/^https?:$/.test(protocol) || username || password || search || hash) {
    throw new TypeError('endpoint must be an http or https URL without credentials, query and fragment');
  }
  return url;
};

/**
 * Makes a pool of connections to Logto.
 *
 * @throws TypeError for an endpoint that is no http(s) URL, or holds credentials, a query or a fragment.
 */
export const createTransport = (options: TransportOptions): Transport => {
  const { origin, pathname } = parseEndpoint(options.endpoint);
  const basePath = pathname.replace(/\/+$/, '');
  const pool = new Pool(origin, {
    connections: options.connections ?? 64,
    connect: { timeout: options.connectTimeoutMs ?? 1_000 },
    headersTimeout: options.responseTimeoutMs ?? 5_000,
    bodyTimeout: options.responseTimeoutMs ?? 5_000,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: options.maxResponseBytes ?? 10 * 1024 * 1024,
  });

  return {
    async exchange(operation, { method, path, body }, accessToken, signal) {
      let status = 0;
      try {
        const response = await pool.request({
          method,
          path: basePath + path,
          // Made from nothing: no header of whoever asked us ever goes on to Logto.
          headers: {
            accept: 'application/json',
            authorization: `Bearer ${accessToken}`,
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          body: body ?? null,
          ...(signal && { signal }),
        });
        status = response.statusCode;
        return { status, headers: response.headers, body: await response.body.text() };
      } catch (error) {
        signal?.throwIfAborted();
        const code = codeOf(error);
        if (TIMEOUTS.has(code)) {
          throw new LogtoTimeoutError(operation, `${operation}: Logto did not answer in time`, { cause: error });
        }
        if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
          throw new LogtoResponseError(operation, status, 'longer than accepted', { cause: error });
        }
        throw new LogtoConnectionError(operation, `${operation}: the connection to Logto failed`, { cause: error });
      }
    },
    close: () => pool.close(),
  };
};
