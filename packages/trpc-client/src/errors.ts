import { TRPCClientError } from '@trpc/client';
import type { UsersErrorData } from '@users-bff/bff/client-types';
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

/**
 * What is wrong with an input, by field, for a form: `{ username: ['This username is already in use.'] }`. Names are
 * paths, such as `profile.address.country`; what concerns the whole input has the name `''`. Empty where the error is
 * about no field, or none of the BFF's.
 */
export const fieldErrors = (error: unknown): Record<string, string[]> => {
  const fields: Record<string, string[]> = {};
  if (!isUsersError(error)) return fields;
  for (const { path, message } of error.data.issues ?? []) {
    const name = path.join('.');
    fields[name] = [...(Object.hasOwn(fields, name) ? (fields[name] ?? []) : []), message];
  }
  return fields;
};
