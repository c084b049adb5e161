import { core } from 'zod';
import { LogtoInputError } from './errors.js';
import type { InputOf, Operation, OutputOf } from './operation.js';
import * as operations from './operations/index.js';
import { type CallOptions, createSend, type Send, type SendOptions } from './send.js';
import { createTransport, type TransportOptions } from './transport.js';

/** How to make a client. */
export interface LogtoUsersClientOptions extends TransportOptions, SendOptions {}

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
  /** Breaks off the calls in flight: the outcome of writes that were sent is unknown then. */
  readonly abandon: () => Promise<void>;
}

const toKey = (key: PropertyKey): string | number => (typeof key === 'number' ? key : String(key));

/**
 * Makes a client of Logto's Users API (https://openapi.logto.io, group Users).
 *
 * Every method takes one flat input object and {@link CallOptions}, and resolves to the parsed answer. It rejects with
 * `LogtoInputError` or `LogtoBodyTooLargeError` (nothing was sent), `LogtoApiError` (Logto refused),
 * `LogtoResponseError` (unreadable answer), `LogtoTimeoutError`, `LogtoConnectionError`, `LogtoCircuitOpenError`, the
 * reason of the signal, or whatever `getAccessToken` throws. Of a write that failed, `outcome` tells whether it may
 * have been done.
 *
 * Queries are repeated, at most twice, where Logto is busy (429) or away (no connection, 502 to 504); writes only where
 * nothing was sent, and on 429; either once after a 401. Never on 500. `Retry-After` is obeyed where it fits the time of
 * the call. Retries are a tenth of all calls at most, and while half of all requests fail Logto is left alone.
 *
 * @throws TypeError for an endpoint that is no http(s) URL, or holds credentials, a query or a fragment.
 */
export const createLogtoUsersClient = (options: LogtoUsersClientOptions): LogtoUsersClient => {
  const transport = createTransport(options);

  const send = createSend(transport, options);

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

  return { ...methods, send, close: transport.close, abandon: transport.abandon };
};
