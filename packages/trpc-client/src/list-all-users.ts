import type { Page, User, UserSearch } from '@users-bff/logto-users';
import type { UsersClient } from './client.js';

/** Which users, and how they are fetched. */
export interface ListAllUsersOptions {
  /** Only users that match. Default all. */
  search?: UserSearch;
  /** Users in one request, 1 to 100. Default 100. */
  pageSize?: number;
  /** Ends the iteration: it throws the signal's reason. */
  signal?: AbortSignal;
}

const DEFAULT_PAGE_SIZE = 100;

/**
 * All users, newest first: `for await (const user of listAllUsers(client)) …`. While one page is gone through, the next
 * one is fetched; no more than two are held. Leaving the loop ends what is under way.
 *
 * Users may come and go meanwhile. Who is there from the beginning to the end comes exactly once. Who is added comes
 * or does not; who is deleted may have come. For this the ids of those who came are kept, and where users were deleted
 * the pages into which others may have moved are fetched once more. It leans on `totalCount`: where a server caps its
 * counts, deletions during the iteration can hide users who follow them.
 *
 * @throws What the calls throw; the signal's reason.
 */
export async function* listAllUsers(
  client: UsersClient,
  options: ListAllUsersOptions = {},
): AsyncGenerator<User, void> {
  const { search, pageSize = DEFAULT_PAGE_SIZE, signal } = options;
  const leaving = new AbortController();
  const ends = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const fetchPage = (page: number): Promise<Page<User>> => {
    const input = { page, pageSize, ...(search !== undefined && { search }) };
    const fetched = client.users.list.query(input, { signal: ends });
    // Looked at when its turn comes.
    fetched.catch(() => {});
    return fetched;
  };

  const seen = new Set<string>();
  let total: number | undefined;
  let next: Promise<Page<User>> | undefined = fetchPage(1);
  try {
    while (next) {
      signal?.throwIfAborted();
      const current: Page<User> = await next;
      const { items, page, totalCount, nextCursor } = current;
      const gone = Math.max((total ?? totalCount) - totalCount, 0);
      total = totalCount;
      // As many as were deleted may have moved to pages that were read before.
      const missed: number | undefined =
        gone > 0 && page > 1 ? Math.max(page - Math.ceil(gone / pageSize), 1) : undefined;
      const following: number | undefined = missed ?? nextCursor;
      next = following === undefined ? undefined : fetchPage(following);
      for (const user of items) {
        if (seen.has(user.id)) continue;
        seen.add(user.id);
        yield user;
        signal?.throwIfAborted();
      }
    }
  } finally {
    leaving.abort();
  }
}
