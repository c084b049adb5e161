import type { core } from 'zod';
import type { LogtoErrorCode } from './error-codes.js';

/** HTTP methods that the Users API uses. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where a request goes, and what it carries there. */
export interface Route {
  readonly method: HttpMethod;
  /** Path template below the endpoint; `{key}` stands for the input key of that name. */
  readonly path: string;
  /** The JSON body, where it is not simply the keys of the input that the path does not name. */
  readonly body?: unknown;
}

/**
 * One operation of the Users API, stated once. The REST client's method, the tRPC procedure, the panel's form and the
 * docs derive from it.
 *
 * The input is one flat object: keys that `path` names go into the path, the others into the query (GET, DELETE) or
 * the JSON body (POST, PUT, PATCH).
 */
export interface Operation<In, Out> {
  /** Logto's `operationId`, in camelCase. */
  readonly name: string;
  readonly method: HttpMethod;
  /** Path template below the endpoint, such as `/api/users/{userId}`. */
  readonly path: string;
  /** One sentence: what the operation does. */
  readonly summary: string;
  readonly input: core.$ZodType<In, In>;
  /** The result: unknown fields that Logto sends are kept, missing ones are refused. */
  readonly output: core.$ZodType<Out>;
  /** The codes with which Logto is known to refuse, besides those common to all operations. */
  readonly errors: readonly LogtoErrorCode[];
  /** Logto pages this list: the result is a {@link Page} made of the answer and its `Total-Number` header. */
  readonly paged?: boolean;
  /**
   * Logto goes wrong where two of the same group come at once for one user (500 for roles, two factors where one is
   * allowed): they must be sent one after another.
   */
  readonly exclusive?: 'roles' | 'mfa';
  /** The JSON body, where a key of the body has the name of a key in the path. */
  readonly body?: (input: In) => unknown;
  /** The query, where it is not simply the remaining keys of the input. */
  readonly query?: (input: In) => URLSearchParams;
  /** Another route for the inputs that the usual one cannot carry. */
  readonly reroute?: (input: In) => Route | undefined;
  /** What a newer server would have answered, where an older one succeeds without saying anything. */
  readonly silentAnswer?: (input: In) => NoInfer<Out>;
}

/** The input of an operation. */
export type InputOf<O> = O extends Operation<infer In, infer _Out> ? In : never;

/** The result of an operation. */
export type OutputOf<O> = O extends Operation<infer _In, infer Out> ? Out : never;

/** States an operation; its types are those of its two schemas. */
export const operation = <In, Out>(definition: Operation<In, Out>): Operation<In, Out> => definition;
