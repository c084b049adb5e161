import { TRPCClientError } from '@trpc/client';
import type { UsersErrorData } from '@users-bff/bff';
import type { AppRouter } from './router-types.js';

/** An error that the BFF answered: `data` tells tRPC's code, the request id, and what Logto said. */
export type UsersError = TRPCClientError<AppRouter> & {
  readonly data: NonNullable<TRPCClientError<AppRouter>['data']>;
};

/** Whether an error is one that the BFF answered, and not one of the network or of the program. */
export const isUsersError = (error: unknown): error is UsersError => {
  if (!(error instanceof TRPCClientError)) return false;
  const data = error.data as Partial<UsersErrorData> | null | undefined;
  return typeof data?.requestId === 'string';
};
