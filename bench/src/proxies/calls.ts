/** What is asked, in the words of each kind of contender. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: string;
  /** Requests to Logto behind one request. */
  readonly weight: number;
}

/** A proxy takes Logto's own routes, a BFF procedures. */
export type Kind = 'proxy' | 'bff';

const USER_ID = 'ada000000000';
const BATCH = 20;
const input = (value: object): string => encodeURIComponent(JSON.stringify(value));
const update = JSON.stringify({ name: 'Ada Lovelace' });

/** The operations that are measured. */
export const calls: Readonly<Record<string, Readonly<Record<Kind, Call>>>> = {
  'users.get': {
    proxy: { method: 'GET', path: `/api/users/${USER_ID}`, weight: 1 },
    bff: { method: 'GET', path: `/trpc/users.get?input=${input({ userId: USER_ID })}`, weight: 1 },
  },
  'users.list': {
    proxy: { method: 'GET', path: '/api/users?page=1&page_size=20', weight: 1 },
    bff: { method: 'GET', path: `/trpc/users.list?input=${input({ page: 1, pageSize: 20 })}`, weight: 1 },
  },
  'users.update': {
    proxy: { method: 'PATCH', path: `/api/users/${USER_ID}`, body: update, weight: 1 },
    bff: {
      method: 'POST',
      path: '/trpc/users.update',
      body: JSON.stringify({ userId: USER_ID, name: 'Ada Lovelace' }),
      weight: 1,
    },
  },
  'a batch of 20': {
    // A proxy knows no batches: a page makes twenty requests.
    proxy: { method: 'GET', path: `/api/users/${USER_ID}`, weight: 1 },
    bff: {
      method: 'POST',
      path: `/trpc/${Array(BATCH).fill('users.get').join(',')}?batch=1`,
      body: JSON.stringify(
        Object.fromEntries(Array.from({ length: BATCH }, (_, index) => [index, { userId: USER_ID }])),
      ),
      weight: BATCH,
    },
  },
};
