import type { ServerResponse } from 'node:http';
import helmet from 'helmet';
import { currentRequest } from '../current-request.js';

/** Answers are data: nothing in them may be run, framed, sniffed or kept. */
const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
  },
  referrerPolicy: { policy: 'no-referrer' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
});

/** What helmet says of every answer: always the same, so that it is asked once. */
const headersOf = (middleware: typeof protect): ReadonlyMap<string, string> => {
  const headers = new Map<string, string>();
  const recorder = { setHeader: (name: string, value: string) => headers.set(name, value), removeHeader() {} };
  const [request, response] = [{}, recorder] as unknown as Parameters<typeof protect>;
  middleware(request, response, () => {});
  return headers;
};

const COMMON = new Map([...headersOf(protect), ['cache-control', 'no-store']]);
/** Names and values by turns. */
const COMMON_LIST = [...COMMON].flat();

/** Sets the headers of every answer, for those that do not answer by `answer`: Express and its middlewares. */
export const setCommonHeaders = (response: ServerResponse): void => {
  response.setHeaders(COMMON);
  response.setHeader('x-request-id', currentRequest(response).ids.requestId);
};

/**
 * Answers with JSON. All headers go to Node in one list of names and values, which it writes as it is: set one by one,
 * they are kept by name and read again.
 *
 * @param headers Names and values by turns, besides those of every answer and those that were set before.
 */
export const answer = (response: ServerResponse, status: number, json: string, headers: readonly string[]): void => {
  const { requestId } = currentRequest(response).ids;
  const length = String(Buffer.byteLength(json));
  response.writeHead(status, [...COMMON_LIST, 'x-request-id', requestId, ...headers, 'content-length', length]);
  response.end(json);
};

/** Answers with a value as JSON. */
export const answerJson = (response: ServerResponse, status: number, value: unknown): void =>
  answer(response, status, JSON.stringify(value), ['content-type', 'application/json; charset=utf-8']);
