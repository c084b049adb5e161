import { buildRequest, type LogtoRequest } from './build-request.js';
import { LogtoConnectionError, LogtoTimeoutError, type Outcome } from './errors.js';
import type { HttpMethod, Operation } from './operation.js';
import { type LogtoResponse, readResponse, refusalCode } from './read-response.js';
import { beginCallTime, type CallSignal, type CallTime } from './resilience/call-time.js';
import { type BreakerState, createCircuitBreaker } from './resilience/circuit-breaker.js';
import { type AttemptResult, pauseBefore } from './resilience/retries.js';
import { createRetryBudget } from './resilience/retry-budget.js';
import type { Transport } from './transport.js';

/** How calls are made. */
export interface SendOptions {
  /**
   * An access token for the Management API. Called for every request: keep the token in a cache, for example that of
   * `@users-bff/token-cache`.
   */
  getAccessToken: (options: { readonly signal?: AbortSignal }) => string | Promise<string>;
  /**
   * Told a token that Logto refused with a 401: forget it. The call is then repeated once, unless `getAccessToken`
   * still gives the same one.
   */
  onTokenRejected?: (accessToken: string) => void;
  /** Milliseconds that a call may take, its token, attempts and waits together. Default 10,000. */
  callTimeoutMs?: number;
  /** Told when Logto is left alone after failures, tried again, and back. */
  onBreakerChange?: (state: BreakerState) => void;
}

/** One request of a call to Logto. */
export interface Attempt {
  /** The operation, such as `getUser`. */
  readonly operation: string;
  readonly method: HttpMethod;
  /** Path template, such as `/api/users/{userId}`. */
  readonly path: string;
  /** Requests of the same call before it. */
  readonly resends: number;
}

/** Follows one request to Logto. */
export interface AttemptObserver {
  /** W3C Trace Context, to go with it. */
  readonly trace?: { readonly traceparent: string; readonly tracestate?: string | undefined };
  /** Told its answer, or why there is none. */
  end(result: { readonly status?: number; readonly error?: unknown }): void;
}

/** What a call may be given besides its input. */
export interface CallOptions {
  /**
   * Ends a query at once. A write is stopped only while it has not been sent: once sent it runs to its end, so that
   * its outcome is known.
   */
  signal?: CallSignal;
  /** Milliseconds that this call may take. Never more than the client's `callTimeoutMs`. */
  timeoutMs?: number | undefined;
  /** The language of Logto's messages (`Accept-Language`). */
  language?: string | undefined;
  /** Goes on as `X-Request-Id`. */
  requestId?: string;
  /** Lets a request to Logto begin when there is room, or refuses it by throwing. */
  admit?: <T>(request: () => Promise<T>, options: { readonly signal: CallSignal }) => Promise<T>;
  /** Told each request to Logto. */
  onAttempt?: (attempt: Attempt) => AttemptObserver;
}

/** Sends one operation. */
export type Send = <In, Out>(operation: Operation<In, Out>, input: In, options?: CallOptions) => Promise<Out>;

const CALL_TIMEOUT_MS = 10_000;

/** A 401 speaks of our token, unless it came from a social connector. */
const refusesToken = (response: LogtoResponse): boolean =>
  response.status === 401 && !refusalCode(response)?.startsWith('connector.');

/** Printable ASCII, and not much of it: what a header can hold. */
const HEADER_VALUE = /^[\x20-\x7e]{1,256}$/;

/** The headers of one request besides those that every one has. */
const headersOf = (
  { language, requestId }: CallOptions,
  trace: AttemptObserver['trace'],
): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {};
  if (language !== undefined && HEADER_VALUE.test(language)) headers['accept-language'] = language;
  if (requestId !== undefined && HEADER_VALUE.test(requestId)) headers['x-request-id'] = requestId;
  if (!trace) return headers;
  headers['traceparent'] = trace.traceparent;
  if (trace.tracestate) headers['tracestate'] = trace.tracestate;
  return headers;
};

/** Whether an error is Logto's. A caller who gives it no time would otherwise close it to everybody. */
const isFault =
  ({ isHurried, time }: Call) =>
  (error: unknown): boolean =>
    error instanceof LogtoConnectionError ||
    (error instanceof LogtoTimeoutError && !(isHurried && error === time.reason));

const anyway = <T>(request: () => Promise<T>): Promise<T> => request();

/** What is known of a call while it goes on. */
interface Call {
  readonly operation: Operation<unknown, unknown>;
  readonly request: LogtoRequest;
  readonly isQuery: boolean;
  readonly options: CallOptions;
  readonly time: CallTime;
  /** It was given less than the usual time. */
  readonly isHurried: boolean;
  outcome: Outcome;
  resends: number;
}

/** Makes the way of all calls: token, breaker, room, request; and again where that is safe. */
export const createSend = (transport: Transport, options: SendOptions): Send => {
  const breaker = createCircuitBreaker(options.onBreakerChange ?? (() => {}));
  const budget = createRetryBudget();

  const exchange = async (call: Call, accessToken: string): Promise<LogtoResponse> => {
    const { operation, request, isQuery, time } = call;
    const { name, method, path } = operation;
    const observer = call.options.onAttempt?.({ operation: name, method, path, resends: call.resends });
    const headers = headersOf(call.options, observer?.trace);
    const onSent = (): void => {
      call.outcome = 'unknown';
      if (!isQuery) time.hold();
    };
    try {
      const response = await transport.exchange({
        operation: name,
        request,
        accessToken,
        headers,
        time,
        onSent,
      });
      observer?.end({ status: response.status });
      return response;
    } catch (error) {
      observer?.end({ error });
      throw error;
    }
  };

  const attempt = async (call: Call, accessToken: string): Promise<AttemptResult> => {
    const { operation, options: callOptions, time } = call;
    const { admit = anyway } = callOptions;
    try {
      // Before it waits for room among those that hang.
      breaker.check(operation.name);
      const run = () => breaker.run(operation.name, () => exchange(call, accessToken), isFault(call));
      const response = await admit(run, { signal: time });
      call.outcome = response.status < 500 ? 'refused' : 'unknown';
      return { response };
    } catch (error) {
      return { error };
    }
  };

  const getToken = ({ time }: Call): Promise<string> => time.during(options.getAccessToken(time));

  /** Repeated once with another token where Logto refused the first one. */
  const attemptWithToken = async (call: Call): Promise<AttemptResult> => {
    const accessToken = await getToken(call);
    const result = await attempt(call, accessToken);
    if (!result.response || !options.onTokenRejected || !refusesToken(result.response)) return result;
    options.onTokenRejected(accessToken);
    const another = await getToken(call);
    if (another === accessToken) return result;
    call.resends += 1;
    return attempt(call, another);
  };

  const attemptAll = async (call: Call): Promise<LogtoResponse> => {
    for (let number = 1; ; number += 1) {
      const result = await attemptWithToken(call);
      const pause = pauseBefore(call.isQuery, number, result);
      const isWanted = pause !== undefined && call.time.has(pause) && !call.time.isDeserted;
      if (!isWanted || !budget.take()) {
        if (result.response) return result.response;
        throw result.error;
      }
      await call.time.sleep(pause);
      call.resends += 1;
    }
  };

  const { callTimeoutMs = CALL_TIMEOUT_MS } = options;
  return async (operation, input, callOptions = {}) => {
    const { name } = operation;
    const request = buildRequest(operation, input);
    const timeoutMs = Math.min(callOptions.timeoutMs ?? callTimeoutMs, callTimeoutMs);
    const late = () => new LogtoTimeoutError(name, `${name}: Logto did not answer in time`, { outcome: call.outcome });
    const call: Call = {
      operation: operation as Operation<unknown, unknown>,
      request,
      isQuery: request.method === 'GET',
      options: callOptions,
      time: beginCallTime(timeoutMs, callOptions.signal, late),
      isHurried: timeoutMs < callTimeoutMs,
      outcome: 'not_sent',
      resends: 0,
    };
    budget.earn();
    try {
      return readResponse(operation, input, await attemptAll(call));
    } finally {
      call.time.end();
    }
  };
};
