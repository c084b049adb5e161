import { core } from 'zod';
import { buildRequest } from './build-request.js';
import { LogtoInputError } from './errors.js';
import type { InputOf, Operation, OutputOf } from './operation.js';
import * as operations from './operations/index.js';
import { type LogtoResponse, readResponse, refusalCode } from './read-response.js';
import { createTransport, type TransportOptions } from './transport.js';

/** How to make a client. */
export interface LogtoUsersClientOptions extends TransportOptions {
  /**
   * An access token for the Management API. Called for every request: keep the token in a cache, for example that of
   * `@users-bff/token-cache`.
   */
  getAccessToken: (options: { signal?: AbortSignal }) => string | Promise<string>;
  /**
   * Told a token that Logto refused with a 401: forget it. The call is then repeated once, unless `getAccessToken`
   * still gives the same one.
   */
  onTokenRejected?: (accessToken: string) => void;
}

/** What a call may be given besides its input. */
export interface CallOptions {
  /**
   * Ends a query at once. A write is stopped only while it has not been sent: once sent it runs to its end, so that
   * its outcome is known.
   */
  signal?: AbortSignal;
  /** Told each answer of Logto as it arrives: two for a call that was repeated after a 401. */
  onResponse?: (answer: { status: number }) => void;
}

/** Sends one operation. */
export type Send = <In, Out>(operation: Operation<In, Out>, input: In, options?: CallOptions) => Promise<Out>;

type Operations = typeof operations;

type MethodOf<O> =
  Record<never, never> extends InputOf<O>
    ? (input?: InputOf<O>, options?: CallOptions) => Promise<OutputOf<O>>
    : (input: InputOf<O>, options?: CallOptions) => Promise<OutputOf<O>>;

/** One method for each operation of the Users API. */
export type LogtoUsersMethods = { readonly [Name in keyof Operations]: MethodOf<Operations[Name]> };

/** The REST client of the Users API. */
export interface LogtoUsersClient extends LogtoUsersMethods {
  /** Sends an operation whose input has been parsed by its schema already. */
  readonly send: Send;
  /** Closes the connections once the calls in flight have ended. */
  readonly close: () => Promise<void>;
}

/** A 401 speaks of our token, unless it came from a social connector. */
const refusesToken = (response: LogtoResponse): boolean =>
  response.status === 401 && !refusalCode(response)?.startsWith('connector.');

const toKey = (key: PropertyKey): string | number => (typeof key === 'number' ? key : String(key));

/**
 * Makes a client of Logto's Users API (https://openapi.logto.io, group Users).
 *
 * Every method takes one flat input object and {@link CallOptions}, and resolves to the parsed answer. It rejects with
 * `LogtoInputError` (nothing was sent), `LogtoApiError` (Logto refused), `LogtoResponseError` (unreadable answer),
 * `LogtoTimeoutError`, `LogtoConnectionError`, the reason of the signal, or whatever `getAccessToken` throws.
 *
 * @throws TypeError for an endpoint that is no http(s) URL, or holds credentials, a query or a fragment.
 */
export const createLogtoUsersClient = (options: LogtoUsersClientOptions): LogtoUsersClient => {
  const transport = createTransport(options);

  const send: Send = async (operation, input, { signal, onResponse } = {}) => {
    const request = buildRequest(operation, input);
    const getToken = async () => {
      const accessToken = await options.getAccessToken(signal ? { signal } : {});
      signal?.throwIfAborted();
      return accessToken;
    };
    const attempt = async (accessToken: string) => {
      const response = await transport.exchange(
        operation.name,
        request,
        accessToken,
        request.method === 'GET' ? signal : undefined,
      );
      onResponse?.({ status: response.status });
      return response;
    };

    const accessToken = await getToken();
    let response = await attempt(accessToken);
    if (refusesToken(response) && options.onTokenRejected) {
      options.onTokenRejected(accessToken);
      const another = await getToken();
      if (another !== accessToken) response = await attempt(another);
    }
    return readResponse(operation, input, response);
  };

  const call = async (operation: Operation<unknown, unknown>, input: unknown = {}, callOptions?: CallOptions) => {
    const parsed = core.safeParse(operation.input, input);
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(toKey), message }));
      throw new LogtoInputError(operation.name, issues);
    }
    return send(operation, parsed.data, callOptions);
  };

  const methods = Object.fromEntries(
    Object.entries(operations as unknown as Record<string, Operation<unknown, unknown>>).map(([name, operation]) => [
      name,
      (input: unknown, callOptions?: CallOptions) => call(operation, input, callOptions),
    ]),
  ) as unknown as LogtoUsersMethods;

  return { ...methods, send, close: transport.close };
};
