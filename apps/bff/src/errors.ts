import { TRPCError } from '@trpc/server';
import {
  LogtoApiError,
  LogtoBodyTooLargeError,
  LogtoCircuitOpenError,
  LogtoConnectionError,
  type LogtoRefusal,
  LogtoResponseError,
  LogtoTimeoutError,
  LogtoUsersError,
  type Outcome,
} from '@users-bff/logto-users';
import { TokenError } from '@users-bff/token-cache';
import { core } from 'zod';
import type { InputIssue, RolesAfterFailure, UsersErrorData } from './error-shape.js';
import { fieldOf } from './logto-fields.js';

type Code = TRPCError['code'];

/** A failure that callers may know of: its message was written, or chosen, for them. */
export class ProcedureError extends TRPCError {
  readonly logto: LogtoRefusal | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** The permission that is lacking. */
  readonly requiredPermission: string | undefined;
  /** Of a write: whether it may have been done. */
  readonly outcome: Outcome;
  /** What a failed replacement did to the roles of a user. */
  readonly roles: RolesAfterFailure | undefined;

  constructor(
    code: Code,
    message: string,
    facts: {
      cause?: unknown;
      logto?: LogtoRefusal;
      retryAfterSeconds?: number | undefined;
      requiredPermission?: string;
      outcome?: Outcome;
      roles?: RolesAfterFailure;
    } = {},
  ) {
    super({ code, message, cause: facts.cause });
    this.logto = facts.logto;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.requiredPermission = facts.requiredPermission;
    this.outcome = facts.outcome ?? (facts.cause instanceof LogtoUsersError ? facts.cause.outcome : 'not_sent');
    this.roles = facts.roles;
  }

  /** The same, with more known of a write. */
  having(facts: { outcome: Outcome; roles?: RolesAfterFailure }): ProcedureError {
    const { code, message, cause, logto, retryAfterSeconds } = this;
    return new ProcedureError(code, message, { cause, ...(logto && { logto }), retryAfterSeconds, ...facts });
  }
}

/** The caller must sign in again, more recently or more strongly (RFC 9470). */
export class StepUpError extends ProcedureError {
  readonly maxAgeSeconds: number | undefined;
  readonly acrValues: string | undefined;

  constructor(maxAgeSeconds: number | undefined, acrValues: string | undefined) {
    super('UNAUTHORIZED', 'This needs a more recent or stronger sign-in.');
    this.maxAgeSeconds = maxAgeSeconds;
    this.acrValues = acrValues;
  }
}

const byStatus: Readonly<Record<number, Code>> = {
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
};

/**
 * What Logto's refusal means to a caller. A 401 or 403 concerns this server's own credential and shows it in `data`;
 * only a social connector's 401 is about what the caller sent.
 */
const fromRefusal = (error: LogtoApiError): ProcedureError => {
  const { refusal, retryAfterSeconds } = error;
  const { status, code, message } = refusal;
  const isConnectors = code?.startsWith('connector.') ?? false;
  if (status >= 500) {
    const logto = { status, ...(code && { code }), message: 'Logto failed.' };
    return new ProcedureError('BAD_GATEWAY', 'Logto failed.', { cause: error, logto, retryAfterSeconds });
  }
  if ((status === 401 || status === 403) && !isConnectors) {
    const logto = { status, ...(code && { code }), message };
    return new ProcedureError('BAD_GATEWAY', "Logto refused this server's credential.", { cause: error, logto });
  }
  return new ProcedureError(byStatus[status] ?? 'BAD_REQUEST', message, {
    cause: error,
    logto: refusal,
    retryAfterSeconds,
  });
};

const fromTokenError = (error: TokenError): ProcedureError => {
  const { reason, retryAfterSeconds } = error;
  const facts = { cause: error, retryAfterSeconds };
  switch (reason) {
    case 'unreachable':
      return new ProcedureError('SERVICE_UNAVAILABLE', "Logto's token endpoint cannot be reached.", facts);
    case 'unreadable':
      return new ProcedureError('BAD_GATEWAY', "Logto's token endpoint gave an answer that cannot be read.", facts);
    case 'refused':
      return new ProcedureError('BAD_GATEWAY', "Logto refused this server's credential.", { cause: error });
  }
};

/** What a failure of a call becomes for the caller; `undefined` for one that nobody foresaw. */
export const toProcedureError = (error: unknown): ProcedureError | undefined => {
  if (error instanceof ProcedureError) return error;
  if (error instanceof LogtoApiError) return fromRefusal(error);
  if (error instanceof LogtoResponseError) {
    const { retryAfterSeconds } = error;
    const facts = { cause: error, retryAfterSeconds };
    return new ProcedureError('BAD_GATEWAY', 'Logto gave an answer that cannot be read.', facts);
  }
  if (error instanceof LogtoTimeoutError) {
    return new ProcedureError('GATEWAY_TIMEOUT', 'Logto did not answer in time.', { cause: error });
  }
  if (error instanceof LogtoConnectionError) {
    return new ProcedureError('SERVICE_UNAVAILABLE', 'Logto cannot be reached.', { cause: error });
  }
  if (error instanceof LogtoCircuitOpenError) {
    const { retryAfterSeconds } = error;
    return new ProcedureError('SERVICE_UNAVAILABLE', 'Logto cannot be reached.', { cause: error, retryAfterSeconds });
  }
  if (error instanceof LogtoBodyTooLargeError) {
    return new ProcedureError('PAYLOAD_TOO_LARGE', 'The input is longer than Logto takes.', { cause: error });
  }
  if (error instanceof TokenError) {
    return fromTokenError(error);
  }
  if (error instanceof DOMException && error.name === 'AbortError') {
    return new ProcedureError('CLIENT_CLOSED_REQUEST', 'The caller went away.', { cause: error });
  }
  return undefined;
};

/** What is said of failures that are tRPC's own or unforeseen: their messages may hold anything. */
const messages: Partial<Record<Code, string>> = {
  BAD_REQUEST: 'The request is malformed.',
  PARSE_ERROR: 'The request is malformed.',
  NOT_FOUND: 'There is no such procedure.',
  METHOD_NOT_SUPPORTED: 'The procedure cannot be called by this HTTP method.',
  PAYLOAD_TOO_LARGE: 'The request is too large.',
  UNSUPPORTED_MEDIA_TYPE: 'The content type is not supported.',
  CLIENT_CLOSED_REQUEST: 'The caller went away.',
};

const shorten = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

const toIssues = (error: core.$ZodError): InputIssue[] =>
  error.issues.slice(0, 50).map(({ path, message }) => ({
    path: path.map((key) => (typeof key === 'number' ? key : shorten(String(key), 64))),
    message: shorten(message, 200),
  }));

/** What became of a write: unforeseen failures say nothing of it. */
export const outcomeOf = (error: TRPCError): Outcome =>
  (toProcedureError(error) ?? toProcedureError(error.cause))?.outcome ??
  (error.code === 'INTERNAL_SERVER_ERROR' ? 'unknown' : 'not_sent');

/** The public part of an error: its message, and the facts beside tRPC's own. */
export const describeError = (
  error: TRPCError,
  ids: Pick<UsersErrorData, 'requestId' | 'traceId'>,
  isMutation: boolean,
): { message: string; data: UsersErrorData } => {
  const known = toProcedureError(error) ?? toProcedureError(error.cause);
  const facts = { ...ids, ...(isMutation && { outcome: outcomeOf(error) }) };
  if (known) {
    const { logto, retryAfterSeconds, roles } = known;
    const field = fieldOf(logto?.code);
    return {
      message: known.message,
      data: {
        ...facts,
        ...(roles && { roles }),
        ...(logto && { logto }),
        ...(logto && field !== undefined && { issues: [{ path: [field], message: logto.message }] }),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      },
    };
  }
  if (error.code === 'BAD_REQUEST' && error.cause instanceof core.$ZodError) {
    return { message: 'The input is invalid.', data: { ...facts, issues: toIssues(error.cause) } };
  }
  return { message: messages[error.code] ?? 'Something broke in this server.', data: facts };
};
