import type { LogtoErrorCode } from './error-codes.js';

/** What every failure of this package has in common. */
export abstract class LogtoUsersError extends Error {
  /** Stable and machine-readable: `ERR_LOGTO_...`. */
  abstract readonly code: string;
  /** The operation that failed, such as `getUser`. */
  readonly operation: string;

  constructor(operation: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.operation = operation;
    this.name = new.target.name;
  }
}

/** One fault in an input. The value itself is never part of it. */
export interface InputIssue {
  /** Keys and indexes that lead to the faulty value. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The input does not fit the operation's schema; nothing was sent. */
export class LogtoInputError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_INPUT';
  readonly issues: readonly InputIssue[];

  constructor(operation: string, issues: readonly InputIssue[]) {
    super(operation, `${operation}: the input is invalid`);
    this.issues = issues;
  }
}

/** What Logto said when it refused, exactly as it said it. */
export interface LogtoRefusal {
  /** HTTP status. */
  readonly status: number;
  /** Logto's own code, such as `user.username_already_in_use`; absent in a few answers. */
  readonly code?: LogtoErrorCode;
  /** For people, in the language of the request. Branch on `code`. */
  readonly message: string;
  /** More about the refusal; its form depends on `code`. */
  readonly data?: unknown;
}

/** Logto answered and said no: a status of 4xx or 5xx with its own error body. */
export class LogtoApiError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_API';
  readonly refusal: LogtoRefusal;
  /** `Logto-Core-Request-Id` of the answer: quote it when you ask Logto's support. */
  readonly logtoRequestId: string | undefined;
  /** Seconds to wait, from the answer's `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    operation: string,
    refusal: LogtoRefusal,
    facts: { logtoRequestId?: string; retryAfterSeconds?: number },
  ) {
    super(operation, `${operation}: Logto answered ${refusal.status} ${refusal.code ?? 'without a code'}`);
    this.refusal = refusal;
    this.logtoRequestId = facts.logtoRequestId;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return this.refusal.status;
  }
}

/** Logto answered, but not with what this operation can answer: no JSON, a missing field, a redirect, too long. */
export class LogtoResponseError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_RESPONSE';
  /** HTTP status of the answer. */
  readonly status: number;
  readonly logtoRequestId: string | undefined;

  constructor(operation: string, status: number, reason: string, facts: { logtoRequestId?: string; cause?: unknown }) {
    super(operation, `${operation}: unreadable answer with status ${status}: ${reason}`, { cause: facts.cause });
    this.status = status;
    this.logtoRequestId = facts.logtoRequestId;
  }
}

/** Logto did not answer in time. A write may have been done all the same. */
export class LogtoTimeoutError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_TIMEOUT';
}

/** No connection, or it broke before the answer was complete. A write may have been done all the same. */
export class LogtoConnectionError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_CONNECTION';
}
