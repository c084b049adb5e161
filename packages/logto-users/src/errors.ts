import type { LogtoErrorCode } from './error-codes.js';

/**
 * What became of a write that failed: no byte of it went out, Logto has said no, or it may have been done all the same
 * and has to be looked after.
 */
export type Outcome = 'not_sent' | 'refused' | 'unknown';

/** What every failure of this package has in common. */
export abstract class LogtoUsersError extends Error {
  /** Stable and machine-readable: `ERR_LOGTO_...`. */
  abstract readonly code: string;
  /** The operation that failed, such as `getUser`. */
  readonly operation: string;
  /** Of a write: whether it may have been done. */
  readonly outcome: Outcome;

  constructor(operation: string, message: string, { outcome, cause }: { outcome: Outcome; cause?: unknown }) {
    super(message, { cause });
    this.operation = operation;
    this.outcome = outcome;
    this.name = new.target.name;
  }
}

/** A 4xx is a no. A 5xx can be the end of a write that was done, or half done. */
const outcomeOf = (status: number): Outcome => (status >= 400 && status < 500 ? 'refused' : 'unknown');

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
    super(operation, `${operation}: the input is invalid`, { outcome: 'not_sent' });
    this.issues = issues;
  }
}

/** The body is longer than Logto takes; nothing was sent. */
export class LogtoBodyTooLargeError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_BODY_TOO_LARGE';

  constructor(operation: string) {
    super(operation, `${operation}: the body is longer than Logto takes`, { outcome: 'not_sent' });
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
    const message = `${operation}: Logto answered ${refusal.status} ${refusal.code ?? 'without a code'}`;
    super(operation, message, { outcome: outcomeOf(refusal.status) });
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
  /** Seconds to wait, from the answer's `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    operation: string,
    status: number,
    reason: string,
    facts: { logtoRequestId?: string; retryAfterSeconds?: number; cause?: unknown },
  ) {
    const message = `${operation}: unreadable answer with status ${status}: ${reason}`;
    super(operation, message, { outcome: outcomeOf(status), cause: facts.cause });
    this.status = status;
    this.logtoRequestId = facts.logtoRequestId;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** Logto did not answer in time. See `outcome` for whether a write may have been done all the same. */
export class LogtoTimeoutError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_TIMEOUT';
}

/** No connection, or it broke before the answer was complete. See `outcome`, as above. */
export class LogtoConnectionError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_CONNECTION';
}

/** Logto has failed so often that it is left alone for a few seconds; nothing was sent. */
export class LogtoCircuitOpenError extends LogtoUsersError {
  override readonly code = 'ERR_LOGTO_CIRCUIT_OPEN';
  /** Seconds until it is tried again. */
  readonly retryAfterSeconds: number;

  constructor(operation: string, retryAfterSeconds: number) {
    super(operation, `${operation}: Logto is left alone after failures`, { outcome: 'not_sent' });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
