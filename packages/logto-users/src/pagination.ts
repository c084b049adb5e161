import { z } from 'zod';

/** Logto's page size where none is asked for. */
const DEFAULT_PAGE_SIZE = 20;

/** Which page of a list. */
export interface PageInput {
  /** From 1. Default 1. */
  page?: number;
  /** Items a page, 1 to 100. Default 20. */
  pageSize?: number;
  /** The `nextCursor` of the page before; takes the place of `page`. */
  cursor?: number;
}

/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  /** All matches. Newer servers may cap it: then there are at least so many. */
  totalCount: number;
  page: number;
  pageSize: number;
  /** The next page; absent on the last one. */
  nextCursor?: number;
}

/** The input keys of a paged list. */
export const pageInput = {
  page: z.int().min(1).optional(),
  pageSize: z.int().min(1).max(100).optional(),
  cursor: z.int().min(1).optional(),
};

/** `page` and `cursor` say the same: only one of them may be given. */
export const namesOnePage = (input: PageInput): boolean => input.page === undefined || input.cursor === undefined;

/** Logto's query keys for a page; only what the caller gave. */
export const pageQuery = (input: PageInput): URLSearchParams => {
  const query = new URLSearchParams();
  const page = input.cursor ?? input.page;
  if (page !== undefined) query.set('page', String(page));
  if (input.pageSize !== undefined) query.set('page_size', String(input.pageSize));
  return query;
};

/** The schema of a page of items. */
export const pageOf = <Item>(item: z.core.$ZodType<Item, Item>): z.core.$ZodType<Page<Item>, Page<Item>> =>
  z.object({
    items: z.array(item),
    totalCount: z.int().min(0),
    page: z.int(),
    pageSize: z.int(),
    nextCursor: z.int().optional(),
  });

/** The JSON text of a page whose items are text already. */
export const pageText = (page: unknown, items: string): string => {
  const { items: _items, ...rest } = page as Page<unknown>;
  return `{"items":${items},${JSON.stringify(rest).slice(1)}`;
};

/**
 * A page from the items of an answer and its `Total-Number` header; `undefined` where the header is no count. Logto's
 * `Link` header is of no use: its URLs lead outside the API.
 */
export const toPage = (items: unknown, totalNumber: string | undefined, input: PageInput): unknown => {
  if (totalNumber === undefined || !/^\d+$/.test(totalNumber)) return undefined;
  const totalCount = Number(totalNumber);
  const page = input.cursor ?? input.page ?? 1;
  const pageSize = input.pageSize ?? DEFAULT_PAGE_SIZE;
  return { items, totalCount, page, pageSize, ...(page * pageSize < totalCount && { nextCursor: page + 1 }) };
};
