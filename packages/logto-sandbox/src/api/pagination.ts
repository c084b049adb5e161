import type { ApiAnswer, ApiRequest } from './exchange.js';
import { RequestError } from './request-error.js';

const number = (request: ApiRequest, key: string, usual: number, max: number): number => {
  const values = request.query.getAll(key);
  if (values.length === 0 || values[0] === '') return usual;
  const value = values.length === 1 ? Number(values[0]) : Number.NaN;
  if (!(value > 0 && value <= max)) throw new RequestError(400, 'guard.invalid_pagination');
  return value;
};

/** The page that a request asks for. Call it first: Logto looks at paging before anything else. */
export const pageOf = (request: ApiRequest): { page: number; pageSize: number } => ({
  page: number(request, 'page', 1, Number.POSITIVE_INFINITY),
  pageSize: number(request, 'page_size', 20, 100),
});

/** One page of a list. Whole offsets and limits only: that much PostgreSQL asks for. */
export const paged = <T>(
  all: readonly T[],
  { page, pageSize }: { page: number; pageSize: number },
  toBody: (item: T) => unknown,
): ApiAnswer => {
  const offset = (page - 1) * pageSize;
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(pageSize))
    throw new RequestError(422, 'entity.invalid_input');
  const items = all.slice(offset, offset + pageSize).map(toBody);
  return { status: 200, body: items, paging: { totalCount: all.length, page, pageSize } };
};

/** Logto's `Link` header, its fault included: the URLs lack `/api`. */
export const linkHeader = (url: URL, { totalCount, page, pageSize }: NonNullable<ApiAnswer['paging']>): string => {
  const last = Math.max(1, Math.ceil(totalCount / pageSize));
  const link = (rel: string, to: number): string => {
    const query = new URLSearchParams(url.searchParams);
    query.set('page', String(to));
    return `<${url.origin}${url.pathname.replace(/^\/api/, '')}?${query}>; rel="${rel}"`;
  };
  return [
    link('first', 1),
    ...(page > 1 ? [link('prev', page - 1)] : []),
    link('last', last),
    ...(page < last ? [link('next', page + 1)] : []),
  ].join(', ');
};
