import { type OutputOf, operations } from '@users-bff/logto-users';
import { toProcedureError } from '../errors.js';
import type { SendInCall } from './way.js';

/** The most that Logto puts on a page. */
const PAGE_SIZE = 100;

const readAll = async (send: SendInCall, userId: string): Promise<string[]> => {
  const ids: string[] = [];
  for (let page: number | undefined = 1; page !== undefined; ) {
    const { items, nextCursor }: OutputOf<typeof operations.listUserRoles> = await send(operations.listUserRoles, {
      userId,
      page,
      pageSize: PAGE_SIZE,
    });
    ids.push(...items.map(({ id }) => id));
    page = nextCursor;
  }
  return ids;
};

/** The ids of all roles of a user. Where they cannot be read, nothing has been written yet. */
export const rolesOf = (send: SendInCall, userId: string): Promise<string[]> =>
  readAll(send, userId).catch((error: unknown) => {
    throw toProcedureError(error)?.having({ outcome: 'not_sent' }) ?? error;
  });
