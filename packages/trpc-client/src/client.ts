import { createTRPCClientProxy, httpBatchStreamLink, httpLink, type TRPCClient } from '@trpc/client';
import { batching } from './batch.js';
import type { Call, Send } from './call.js';
import { PromiseClient } from './promise-client.js';
import { repeating } from './repeat.js';
import type { AppRouter } from './router-types.js';
import { sendByLink } from './send-by-link.js';

/** The typed client: one function for each procedure, such as `client.users.get.query({ userId })`. */
export type UsersClient = TRPCClient<AppRouter>;

/** Calls of one tick that go in one HTTP request. */
export interface BatchOptions {
  /** Calls in one HTTP request; no more than the server's `MAX_BATCH_SIZE`. Default 20. */
  maxItems?: number;
  /** Each call is answered as soon as it is done, instead of all together. Default false. */
  stream?: boolean;
}

/** How to reach the BFF. */
export interface UsersClientOptions {
  /** URL of the BFF's tRPC endpoint, such as `https://users-bff.example.com/trpc`. */
  url: string;
  /** The caller's access token. Asked for before every request. */
  getAccessToken: () => string | Promise<string>;
  /**
   * Called when a token was refused: a call is repeated once with the token that it gives. Calls that are refused
   * together ask once. Default: the refusal is the caller's.
   */
  onUnauthorized?: () => string | undefined | Promise<string | undefined>;
  /** Headers that go with every request, such as `traceparent` (W3C Trace Context). Default none. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  /** How requests are sent. Default the global `fetch`. */
  fetch?: (url: URL | Request | string, init?: RequestInit) => Promise<Response>;
  /** Calls of one tick go together; `false` sends each by itself. Default up to 20, answered together. */
  batch?: BatchOptions | false;
  /** `POST` keeps personal data out of URLs and access logs. Default `POST`. */
  queriesBy?: 'GET' | 'POST';
  /**
   * How often a query is tried again that met a passing failure (no network, 502, 503, 504; 429 that says for how
   * long). `Retry-After` of up to 30 seconds is obeyed. Mutations are never tried again. Default 2.
   */
  retries?: number;
}

/** What single calls may say besides: `client.users.get.query(input, { context: { traceparent } })`. */
export interface CallContext extends Record<string, unknown> {
  /** W3C Trace Context. Of several calls in one request, the first one's goes. */
  traceparent?: string;
  tracestate?: string;
}

/** The server's identity transformer: it keeps the types of results, and changes no byte on the wire. */
const transformer = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };

const DEFAULT_MAX_ITEMS = 20;
const DEFAULT_RETRIES = 2;

const text = (calls: readonly Call[], key: keyof CallContext): string | undefined => {
  const found = calls.map(({ context }) => context[key]).find((value) => typeof value === 'string');
  return found as string | undefined;
};

const traceOf = (calls: readonly Call[]): Record<string, string> => {
  const traceparent = text(calls, 'traceparent');
  const tracestate = text(calls, 'tracestate');
  return { ...(traceparent && { traceparent }), ...(traceparent && tracestate && { tracestate }) };
};

/**
 * Makes a client of the BFF. Calls reject with a `TRPCClientError`: narrow it with `isUsersError`. A call takes an
 * `AbortSignal`: `client.users.get.query(input, { signal })`.
 */
export const createUsersClient = (options: UsersClientOptions): UsersClient => {
  const { url, getAccessToken, onUnauthorized, headers, fetch, batch = {}, queriesBy = 'POST' } = options;
  const { retries = DEFAULT_RETRIES } = options;
  const headersOf = async (calls: readonly Call[]): Promise<Record<string, string>> => {
    const token = calls.find((call) => call.token !== undefined)?.token ?? (await getAccessToken());
    for (const call of calls) call.wentWith = token;
    return {
      ...(typeof headers === 'function' ? await headers() : headers),
      ...traceOf(calls),
      authorization: `Bearer ${token}`,
    };
  };
  const common = {
    url,
    transformer,
    ...(queriesBy === 'POST' && { methodOverride: 'POST' as const }),
    ...(fetch && { fetch: fetch as typeof globalThis.fetch }),
  };
  const apart = (): Send => sendByLink(httpLink<AppRouter>({ ...common, headers: ({ op }) => headersOf([op]) }));
  const together = ({ maxItems = DEFAULT_MAX_ITEMS, stream }: BatchOptions): Send =>
    stream
      ? sendByLink(httpBatchStreamLink<AppRouter>({ ...common, maxItems, headers: ({ opList }) => headersOf(opList) }))
      : batching({ url, maxItems, isAllByPost: queriesBy === 'POST', headers: headersOf, fetch: common.fetch });
  const send = batch === false ? apart() : together(batch);
  return createTRPCClientProxy(new PromiseClient(repeating(send, { onUnauthorized, retries })));
};
