import type { Transformer } from '../../src/manifest.js';
import { isObject, type JsonSchema } from '../schema/resolve.js';
import { fromWire, toWire } from '../schema/wire.js';

/** One call, as it is written. */
export interface Call {
  readonly path: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly input: unknown;
  readonly schema: JsonSchema | undefined;
}

/** A tRPC error, whatever the router's formatter made of it. */
export interface CallError {
  readonly message: string;
  /** tRPC's code, such as `NOT_FOUND`. */
  readonly code: string | undefined;
  readonly data: Record<string, unknown>;
}

/** What came of a call. */
export interface Outcome {
  readonly path: string;
  readonly kind: Call['kind'];
  /** HTTP status; absent where nothing was answered. */
  readonly status?: number;
  readonly durationMs: number;
  /** Of the whole answer. */
  readonly bytes: number;
  readonly requestId?: string;
  /** How many calls the HTTP request had. */
  readonly batch: number;
  readonly result?: unknown;
  readonly error?: CallError;
  /** What travelled back. */
  readonly raw: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** Where calls go, and how. */
export interface Endpoint {
  readonly url: string;
  readonly queriesBy: 'GET' | 'POST';
  readonly transformer: Transformer;
  readonly headers: Readonly<Record<string, string>>;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const toError = (shape: unknown): CallError => {
  const { message, data, code } = isObject(shape) ? shape : { message: undefined, data: undefined, code: undefined };
  const said = isObject(data) ? data : {};
  return {
    message: text(message) ?? 'The answer is no error that tRPC makes.',
    code: text(said['code']) ?? (code === undefined ? undefined : String(code)),
    data: said,
  };
};

/** The request of one call, or of several in a batch. */
export const toRequest = (
  calls: readonly Call[],
  endpoint: Endpoint,
): { url: string; method: string; body?: string } => {
  const { queriesBy, transformer } = endpoint;
  const isBatch = calls.length > 1;
  const wires = calls.map(({ schema, input }) => toWire(schema, input, transformer));
  const sent = isBatch ? Object.fromEntries(wires.map((wire, index) => [index, wire])) : wires[0];
  const body = sent === undefined ? undefined : JSON.stringify(sent);
  const base = `${endpoint.url.replace(/\/$/, '')}/${calls.map(({ path }) => path).join(',')}`;
  const isGet = calls[0]?.kind === 'subscription' || (calls[0]?.kind === 'query' && queriesBy === 'GET');
  const query = [
    ...(isBatch ? ['batch=1'] : []),
    ...(isGet && body !== undefined ? [`input=${encodeURIComponent(body)}`] : []),
  ].join('&');
  const url = `${base}${query && `?${query}`}`;
  return isGet ? { url, method: 'GET' } : { url, method: 'POST', ...(body !== undefined && { body }) };
};

const parse = (raw: string): unknown => {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
};

const requestIdOf = (response: Response, data: Record<string, unknown> | undefined): string | undefined =>
  response.headers.get('x-request-id') ?? text(data?.['requestId']);

/**
 * Sends calls in one HTTP request and tells what came of each. Never rejects: a network that fails and a caller that
 * cancels are outcomes too.
 */
export const send = async (calls: readonly Call[], endpoint: Endpoint, signal: AbortSignal): Promise<Outcome[]> => {
  const startedAt = performance.now();
  const { url, method, body } = toRequest(calls, endpoint);
  const none = { batch: calls.length, bytes: 0, raw: '', headers: [] };
  let response: Response;
  let raw: string;
  try {
    response = await fetch(url, {
      method,
      signal,
      headers: { 'content-type': 'application/json', ...endpoint.headers },
      ...(body !== undefined && { body }),
    });
    raw = await response.text();
  } catch {
    const durationMs = performance.now() - startedAt;
    const error: CallError = signal.aborted
      ? { code: undefined, message: 'Cancelled. A mutation may have been done all the same.', data: {} }
      : { code: undefined, message: 'The server cannot be reached.', data: {} };
    return calls.map(({ path, kind }) => ({ path, kind, durationMs, ...none, error }));
  }
  const durationMs = performance.now() - startedAt;
  const parsed = parse(raw);
  const answers = Array.isArray(parsed) ? parsed : calls.map(() => parsed);
  return calls.map(({ path, kind }, index) => {
    const answer: unknown = answers[index];
    const failed = isObject(answer) && 'error' in answer;
    const isAnswer = failed || (isObject(answer) && isObject(answer['result']));
    const error = failed
      ? toError(fromWire(answer['error'], endpoint.transformer))
      : isAnswer
        ? undefined
        : { code: undefined, message: 'The answer is none of tRPC: something else may stand between.', data: {} };
    const status = error?.data['httpStatus'];
    const requestId = requestIdOf(response, error?.data);
    return {
      path,
      kind,
      status:
        calls.length > 1 && typeof status === 'number' ? status : calls.length > 1 && !error ? 200 : response.status,
      durationMs,
      bytes: new TextEncoder().encode(raw).length,
      ...(requestId !== undefined && { requestId }),
      batch: calls.length,
      ...(error
        ? { error }
        : { result: fromWire((answer as { result: { data?: unknown } }).result.data, endpoint.transformer) }),
      raw: calls.length > 1 ? JSON.stringify(answer) : raw,
      headers: [...response.headers],
    };
  });
};
