import { LogtoBodyTooLargeError } from './errors.js';
import type { HttpMethod, Operation } from './operation.js';

/** A longer one is answered with a bare 404, which looks like a missing user. */
const MAX_BODY_BYTES = 1024 * 1024 - 1;

/** A request as it goes on the wire. */
export interface LogtoRequest {
  readonly method: HttpMethod;
  /** Path and query below the endpoint. */
  readonly path: string;
  /** JSON text. */
  readonly body: string | undefined;
}

/**
 * One segment of a path. Percent-encoding leaves `.` and `..` as they are, and every server and proxy on the way would
 * climb: refused here too, for whoever builds a request from an input that no schema has seen.
 */
const encodeSegment = (value: unknown): string => {
  if (typeof value !== 'string' || value === '' || value === '.' || value === '..' || !value.isWellFormed()) {
    throw new TypeError('A path segment must be well-formed text other than "", "." and ".."');
  }
  return encodeURIComponent(value);
};

/** A path template: text, and the keys of the input between. */
interface Template {
  readonly texts: readonly string[];
  readonly keys: readonly string[];
}

/** By their text. There are as many as operations. */
const templates = new Map<string, Template>();

const templateOf = (path: string): Template => {
  const known = templates.get(path);
  if (known) return known;
  const parts = path.split(/\{(\w+)\}/);
  const template = {
    texts: parts.filter((_, index) => index % 2 === 0),
    keys: parts.filter((_, index) => index % 2 === 1),
  };
  templates.set(path, template);
  return template;
};

const fill = ({ texts, keys }: Template, values: Readonly<Record<string, unknown>>): string =>
  keys.reduce((path, key, index) => path + encodeSegment(values[key]) + texts[index + 1], texts[0] ?? '');

const without = (input: object, keys: readonly string[]): [string, unknown][] =>
  Object.entries(input).filter(([key, value]) => !keys.includes(key) && value !== undefined);

const queryOf = (rest: readonly [string, unknown][]): URLSearchParams | undefined =>
  rest.length > 0 ? new URLSearchParams(rest.map(([key, value]): [string, string] => [key, String(value)])) : undefined;

/**
 * The request of an operation. Made of the parsed input alone: nothing else can become a part of the path, a query key
 * or a header.
 *
 * @throws TypeError for a value that is no path segment; {@link LogtoBodyTooLargeError}.
 */
export const buildRequest = <In>(operation: Operation<In, unknown>, input: In): LogtoRequest => {
  const values = input as Record<string, unknown>;
  const { method, path, body } = operation.reroute?.(input) ?? {
    method: operation.method,
    path: operation.path,
    body: operation.body?.(input),
  };
  const template = templateOf(path);
  const target = fill(template, values);
  const rest = without(values, template.keys);

  if (method === 'GET' || method === 'DELETE') {
    const query = operation.query?.(input) ?? queryOf(rest);
    return { method, path: query && query.size > 0 ? `${target}?${query}` : target, body: undefined };
  }
  const json = JSON.stringify(body ?? Object.fromEntries(rest));
  if (Buffer.byteLength(json) > MAX_BODY_BYTES) throw new LogtoBodyTooLargeError(operation.name);
  return { method, path: target, body: json };
};
