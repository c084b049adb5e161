import { isUtf8 } from 'node:buffer';
import { type Dispatcher, errors, Pool } from 'undici';
import type { LogtoRequest } from './build-request.js';
import { LogtoConnectionError, LogtoResponseError, LogtoTimeoutError, type Outcome } from './errors.js';
import type { LogtoResponse } from './read-response.js';
import type { CallSignal } from './resilience/call-time.js';

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
  /** Milliseconds after which connections are replaced, so that a change of Logto's address is followed. Default 60,000. */
  connectionLifeMs?: number;
  /** The longest answer to accept, in bytes. Default 10 MiB. */
  maxResponseBytes?: number;
}

/** One request to Logto. */
export interface Exchange {
  readonly operation: string;
  readonly request: LogtoRequest;
  readonly accessToken: string;
  /** Headers besides those that every request has. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends it, sent or not. */
  readonly time: CallSignal;
  /** Told just before the first byte goes out. */
  readonly onSent: () => void;
}

/** A pool of connections to one Logto. */
export interface Transport {
  /**
   * Sends a request and reads its whole answer. Redirects are not followed.
   *
   * Rejects with a `LogtoUsersError` that tells whether the request went out, or why the time ended early.
   */
  exchange(exchange: Exchange): Promise<LogtoResponse>;
  /** Closes the connections once the requests in flight have ended. */
  close(): Promise<void>;
  /** Breaks off the requests in flight. */
  abandon(): Promise<void>;
}

/** Logto closes idle connections after 5 s; one that is older loses a POST. */
const KEEP_ALIVE_MS = 4_000;

const TIMEOUTS = new Set<unknown>(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** An answer that is no HTTP, or contradicts itself. */
const BROKEN = new Set<unknown>(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('ended', { cause: reason }));

const parseEndpoint = (endpoint: string): URL => {
  const url = new URL(endpoint);
  const { protocol, username, password, search, hash } = url;
  if (!/^https?:$/.test(protocol) || username || password || search || hash) {
    throw new TypeError('endpoint must be an http or https URL without credentials, query and fragment');
  }
  return url;
};

/** Why an exchange failed. */
const toFailure = (operation: string, status: number, outcome: Outcome, cause: unknown): Error => {
  const code = codeOf(cause);
  const facts = { outcome, cause };
  if (TIMEOUTS.has(code)) {
    return new LogtoTimeoutError(operation, `${operation}: Logto did not answer in time`, facts);
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new LogtoResponseError(operation, status, 'longer than accepted', { cause });
  }
  if (cause instanceof errors.HTTPParserError || BROKEN.has(code)) {
    return new LogtoResponseError(operation, status, 'no HTTP', { cause });
  }
  return new LogtoConnectionError(operation, `${operation}: the connection to Logto failed`, facts);
};

/**
 * Makes a pool of connections to Logto.
 *
 * @throws TypeError for an endpoint that is no http(s) URL, or holds credentials, a query or a fragment.
 */
export const createTransport = (options: TransportOptions): Transport => {
  const { origin, pathname } = parseEndpoint(options.endpoint);
  const basePath = pathname.replace(/\/+$/, '');
  const lifeMs = options.connectionLifeMs ?? 60_000;
  const openPool = (): Pool =>
    new Pool(origin, {
      connections: options.connections ?? 64,
      connect: { timeout: options.connectTimeoutMs ?? 1_000 },
      headersTimeout: options.responseTimeoutMs ?? 5_000,
      bodyTimeout: options.responseTimeoutMs ?? 5_000,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxResponseSize: options.maxResponseBytes ?? 10 * 1024 * 1024,
    });

  let pool = openPool();
  let isClosed = false;
  let isAbandoned = false;
  let replaceAt = performance.now() + lifeMs;
  const retired = new Set<Pool>();
  const retire = async (old: Pool): Promise<void> => {
    retired.add(old);
    // Broken off while it closes, it says so by an error.
    await old.close().catch(() => {});
    retired.delete(old);
  };
  const currentPool = (): Pool => {
    if (performance.now() >= replaceAt && !isClosed) {
      void retire(pool);
      pool = openPool();
      replaceAt = performance.now() + lifeMs;
    }
    return pool;
  };

  const send = (
    exchange: Exchange,
    resolve: (response: LogtoResponse) => void,
    reject: (error: unknown) => void,
  ): void => {
    const { operation, request, accessToken, time } = exchange;
    const { method, path, body } = request;
    let controller: Dispatcher.DispatchController | undefined;
    let isSent = false;
    let isOver = false;
    let status = 0;
    let headers: LogtoResponse['headers'] = {};
    const chunks: Buffer[] = [];

    const end = (): boolean => {
      if (isOver) return false;
      isOver = true;
      time.removeEventListener('abort', cancel);
      return true;
    };
    const fail = (error: unknown): void => {
      if (!end()) return;
      reject(time.aborted ? time.reason : toFailure(operation, status, isSent ? 'unknown' : 'not_sent', error));
    };
    const cancel = (): void => {
      fail(time.reason);
      controller?.abort(toError(time.reason));
    };
    if (time.aborted) {
      cancel();
      return;
    }
    time.addEventListener('abort', cancel);

    currentPool().dispatch(
      {
        method,
        path: basePath + path,
        // Made from nothing: no header of whoever asked us ever goes on to Logto by itself.
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${accessToken}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...exchange.headers,
        },
        body: body ?? null,
      },
      {
        onRequestStart(started) {
          controller = started;
          // It waited for a connection until nobody wanted it any more: not a byte goes out.
          if (isOver) {
            started.abort(toError(time.reason));
            return;
          }
          isSent = true;
          exchange.onSent();
        },
        onResponseStart(_controller, statusCode, received) {
          status = statusCode;
          headers = received;
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          if (!end()) return;
          const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
          if (isUtf8(bytes)) resolve({ status, headers, body: bytes.toString() });
          else reject(new LogtoResponseError(operation, status, 'no UTF-8', {}));
        },
        onResponseError: (_controller, error) => fail(error),
      },
    );
  };

  return {
    exchange: (exchange) => new Promise((resolve, reject) => send(exchange, resolve, reject)),
    async close() {
      isClosed = true;
      // What was broken off is closed, and says so by an error.
      if (!isAbandoned) await Promise.all([...retired, pool].map((each) => each.close()));
    },
    async abandon() {
      isClosed = true;
      isAbandoned = true;
      await Promise.all([...retired, pool].map((each) => each.destroy()));
    },
  };
};
