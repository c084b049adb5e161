import type { TRPC_ERROR_CODE_NUMBER } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import type { LogtoRefusal, Outcome } from '@users-bff/logto-users';

/** One fault in an input. The value itself is never part of it. */
export interface InputIssue {
  /** Keys and indexes that lead to the faulty value. */
  path: (string | number)[];
  message: string;
}

/** What a failed `users.roles.replace` left behind, where that is not what was there before. */
export interface RolesAfterFailure {
  /** Ids of the roles that Logto had taken away and that were given back. */
  givenBack: string[];
  /** Ids of the roles that are gone and could not be given back. */
  lost: string[];
}

/** What every error's `data` carries besides tRPC's own fields. */
export interface UsersErrorData {
  /** Quote it when you ask the operator. */
  requestId: string;
  /** The trace that the call was a part of (W3C Trace Context). */
  traceId?: string;
  /**
   * Of a mutation: `not_sent`, nothing reached Logto; `refused`, Logto said no; `unknown`, it may have been done all
   * the same: look before you repeat it.
   */
  outcome?: Outcome;
  roles?: RolesAfterFailure;
  /** What Logto said, where it was Logto that refused. */
  logto?: LogtoRefusal;
  /** What is wrong with the input, by field: found here, or by Logto where its code is about a field. */
  issues?: InputIssue[];
  /** Seconds to wait before trying again. */
  retryAfterSeconds?: number;
}

/** An error as it travels. */
export interface UsersErrorShape {
  code: TRPC_ERROR_CODE_NUMBER;
  message: string;
  data: UsersErrorData & { code: TRPC_ERROR_CODE_KEY; httpStatus: number; path: string | undefined };
}
