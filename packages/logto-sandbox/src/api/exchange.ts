import type { Store } from '../store.js';

/** What a handler gets: a request that has been authenticated and whose path has been matched. */
export interface ApiRequest {
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body; `{}` where there is none. */
  readonly body: unknown;
  readonly host: string;
  readonly store: Store;
  /** Whether Logto's own faults are shown too. */
  readonly dangers: boolean;
}

/** What a handler answers. */
export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  /** All matches of a paged list, with the page. */
  readonly paging?: { totalCount: number; page: number; pageSize: number };
}

export type Handler = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;

/** An answer with a JSON body. */
export const answer = (body: unknown, status = 200): ApiAnswer => ({ status, body });

/** An answer without a body. */
export const noContent: ApiAnswer = { status: 204 };

/** A parameter of the path. */
export const param = (request: ApiRequest, name: string): string => request.params[name] ?? '';

/** What Logto answers when something broke that nobody handles. */
export class InternalError extends Error {}

const TRUTHY = new Set(['1', 'true', 'y', 'yes', 'yep', 'yeah']);

/** A flag in the query, as Logto reads it. */
export const flag = (query: URLSearchParams, name: string): boolean => TRUTHY.has(query.get(name)?.toLowerCase() ?? '');

/** How long another request may come in between looking and writing, as in a database without a lock. */
export const RACE_MS = 5;
