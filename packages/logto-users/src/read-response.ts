import { core } from 'zod';
import { LogtoApiError, LogtoResponseError } from './errors.js';
import { fits } from './fits.js';
import { keepJsonText } from './json-text.js';
import type { Operation } from './operation.js';
import { type PageInput, pageText, toPage } from './pagination.js';

/** An answer as it came from the wire. */
export interface LogtoResponse {
  readonly status: number;
  /** Header values by lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const header = (response: LogtoResponse, name: string): string | undefined => {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Milliseconds to wait by `Retry-After` (RFC 9110, section 10.2.3): a number of seconds or a date. */
export const retryAfterMs = (response: LogtoResponse): number | undefined => {
  const value = header(response, 'retry-after');
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const date = /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
};

const NOT_JSON = Symbol('not JSON');

const json = (response: LogtoResponse): unknown => {
  if (!header(response, 'content-type')?.includes('json')) return NOT_JSON;
  try {
    return JSON.parse(response.body);
  } catch {
    return NOT_JSON;
  }
};

interface ErrorBody {
  message: string;
  code?: unknown;
  data?: unknown;
}

const TOO_MANY: ErrorBody = { message: 'Too many requests.' };

const isErrorBody = (body: unknown): body is ErrorBody =>
  typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string';

/** Logto's own code in an answer that refuses. */
export const refusalCode = (response: LogtoResponse): string | undefined => {
  const body = json(response);
  return isErrorBody(body) && typeof body.code === 'string' ? body.code : undefined;
};

/** What an answer that is none says besides. */
const factsOf = (response: LogtoResponse) => {
  const logtoRequestId = header(response, 'logto-core-request-id');
  const waitMs = retryAfterMs(response);
  return {
    ...(logtoRequestId !== undefined && { logtoRequestId }),
    ...(waitMs !== undefined && { retryAfterSeconds: Math.ceil(waitMs / 1_000) }),
  };
};

/**
 * The result that an answer holds.
 *
 * @throws {@link LogtoApiError} where Logto refused in its own form; {@link LogtoResponseError} for everything that the
 * operation cannot answer. A 404 in plain text is such: it means a missing route or a body too long, never a missing
 * entity.
 */
export const readResponse = <In, Out>(operation: Operation<In, Out>, input: In, response: LogtoResponse): Out => {
  const { status } = response;
  const unreadable = (reason: string, cause?: unknown) =>
    new LogtoResponseError(operation.name, status, reason, { ...factsOf(response), cause });
  const body = json(response);

  if (status >= 400) {
    // Logto Cloud's gateway limits rates too, and its answer need not be JSON.
    const refusal: ErrorBody | undefined = isErrorBody(body) ? body : status === 429 ? TOO_MANY : undefined;
    if (!refusal) throw unreadable('no error body in JSON');
    const { message, code, data } = refusal;
    throw new LogtoApiError(
      operation.name,
      { status, ...(typeof code === 'string' && { code }), message, ...(data !== undefined && { data }) },
      factsOf(response),
    );
  }
  if (status < 200 || status >= 300) throw unreadable('neither a success nor a refusal');

  let result: unknown = body;
  if (body === NOT_JSON) {
    const isPlain = header(response, 'content-type')?.startsWith('text/plain') && operation.silentAnswer !== undefined;
    if (response.body !== '' && !isPlain) throw unreadable('no JSON');
    result = operation.silentAnswer?.(input);
  } else if (operation.paged) {
    result = toPage(body, header(response, 'total-number'), input as PageInput);
    if (result === undefined) throw unreadable('no Total-Number header');
  }

  const faults = fits(operation.output, result) ? undefined : core.safeParse(operation.output, result).error;
  if (!faults) {
    if (body !== NOT_JSON)
      keepJsonText(result, () => (result === body ? response.body : pageText(result, response.body)));
    // What came, and not what the check made of it: schemas of answers change nothing.
    return result as Out;
  }
  const fields = faults.issues.map((issue) => issue.path.join('.') || '(all of it)');
  throw unreadable(`unexpected value of ${[...new Set(fields)].slice(0, 5).join(', ')}`);
};
