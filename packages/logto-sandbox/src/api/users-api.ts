import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../read-body.js';
import type { Store } from '../store.js';
import { type Authentication, authenticate } from './authenticate.js';
import { type ApiAnswer, InternalError } from './exchange.js';
import { linkHeader } from './pagination.js';
import { RequestError } from './request-error.js';
import { type ApiRoute, routes } from './routes.js';

/** What the Users API needs to answer. */
export interface UsersApiOptions {
  readonly store: Store;
  readonly authentication: Authentication;
  readonly dangers: boolean;
}

interface Compiled extends ApiRoute {
  readonly pattern: RegExp;
}

/** Paths match without regard to case, and a trailing slash is ignored: so does Logto's router. */
const compiled: Compiled[] = routes.map((route) => ({
  ...route,
  pattern: new RegExp(`^${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`, 'i'),
}));

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

const MAX_BODY = 1024 * 1024;

const parseBody = (request: IncomingMessage, text: string): unknown => {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (text === '') return {};
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text));
  if (type === 'text/plain') return text;
  if (type !== 'application/json') return {};
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null) throw new SyntaxError('invalid JSON, only supports object and array');
  return body;
};

const hasNul = (...texts: string[]): boolean =>
  texts.some((text) => text.includes('\u0000') || text.includes('\\u0000'));

const plain = (response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(text);
};

const etag = (body: Buffer): string =>
  `"${body.length.toString(16)}-${createHash('sha1').update(body).digest('base64').slice(0, 27)}"`;

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { status, body, paging }: ApiAnswer,
): unknown => {
  response.setHeader('logto-core-request-id', randomBytes(8).toString('hex'));
  if (paging) {
    response.setHeader('total-number', String(paging.totalCount));
    response.setHeader('link', linkHeader(url, paging));
  }
  if (status === 204) return response.writeHead(204).end();
  if (body === undefined) return plain(response, status, status === 201 ? 'Created' : 'OK');
  const bytes = Buffer.from(JSON.stringify(body));
  if (request.method === 'GET' && status === 200) {
    const tag = etag(bytes);
    response.setHeader('etag', tag);
    if (request.headers['if-none-match'] === tag) return response.writeHead(304).end();
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length });
  return response.end(request.method === 'HEAD' ? undefined : bytes);
};

const failure = (error: unknown): ApiAnswer => {
  if (error instanceof RequestError) return { status: error.status, body: error.toBody() };
  if (error instanceof SyntaxError) return { status: 400, body: { message: error.message } };
  if (error instanceof InternalError) return { status: 500, body: { message: 'Internal server error.' } };
  throw error;
};

/** Answers requests below `/api` as Logto does. */
export const createUsersApi =
  ({ store, authentication, dangers }: UsersApiOptions) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    // The path as it came: `new URL` would climb on dot segments.
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const matching = compiled.filter(({ pattern }) => pattern.test(path));
    const route = matching.find((candidate) => candidate.method === method);

    const bytes = await readBody(request);
    if (matching.length === 0) return plain(response, 404, 'Not Found');
    if (request.method === 'OPTIONS') {
      const allowed = matching.flatMap((candidate) =>
        candidate.method === 'GET' ? ['HEAD', 'GET'] : [candidate.method],
      );
      return plain(response, 200, '', { allow: allowed.join(', ') });
    }
    if (!route) return plain(response, 405, 'Method Not Allowed');

    const perform = async (): Promise<ApiAnswer> => {
      await authenticate(request.headers.authorization, authentication);
      const text = bytes.toString();
      const body = parseBody(request, text);
      const groups = route.pattern.exec(path)?.groups ?? {};
      const params = Object.fromEntries(Object.entries(groups).map(([key, value]) => [key, decode(value)]));
      if (hasNul(text, decode(url.search), ...Object.values(params))) throw new InternalError('invalid byte sequence');
      const host = request.headers.host ?? 'localhost';
      return route.handler({ params, query: url.searchParams, body, host, store, dangers });
    };

    // Too long a body ends as if there were no such route.
    if (bytes.length > MAX_BODY) return plain(response, 404, 'Not Found');
    const answer = await perform().catch(failure);
    send(request, response, url, answer);
  };
