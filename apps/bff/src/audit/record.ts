import type { TRPCError } from '@trpc/server';
import type { Caller } from '../authentication/caller.js';
import type { RolesAfterFailure } from '../error-shape.js';
import { outcomeOf, toProcedureError } from '../errors.js';

/**
 * How an act ended: `succeeded`; `denied` by this server's rules; `refused` for what it asked, by Logto or before;
 * `failed` for a fault on the way; `unknown` where Logto may have done it and did not say so.
 */
export type Outcome = 'succeeded' | 'denied' | 'refused' | 'failed' | 'unknown';

/** Who did what to whom, and how it ended. Names and ids, never values. */
export interface AuditRecord {
  /** `intent` before an act, where acts need a record; `act` after it; `authentication` for callers who were not let in. */
  readonly kind: 'intent' | 'act' | 'authentication';
  /** UTC, with milliseconds. */
  readonly time: string;
  readonly requestId?: string;
  readonly traceId?: string | undefined;
  readonly actor?: {
    readonly kind: Caller['kind'];
    readonly iss: string;
    readonly sub: string;
    readonly clientId: string;
  };
  readonly ip?: string | undefined;
  /** The procedure. */
  readonly action: string;
  readonly permission?: string | undefined;
  readonly target?: { readonly type: 'user'; readonly id: string } | undefined;
  /** Names of the input's fields. */
  readonly changed?: readonly string[];
  readonly outcome?: Outcome;
  readonly code?: string | undefined;
  readonly logtoCode?: string | undefined;
  /** What a failed replacement did to the roles of a user. */
  readonly roles?: RolesAfterFailure | undefined;
  readonly durationMs?: number;
  /** How many, for records that stand for several. */
  readonly count?: number;
}

/** What is known of an act before it is done. */
export interface Act {
  readonly requestId: string;
  readonly traceId: string | undefined;
  /** It changes something. */
  readonly isMutation: boolean;
  readonly caller: Caller;
  readonly ip: string | undefined;
  readonly procedure: string;
  readonly permission: string | undefined;
  readonly input: unknown;
}

/** An id as Logto makes them. Anything else that was sent as one may be anything. */
const ID = /^[\w-]{1,64}$/;
const FIELD = /^[A-Za-z]{1,40}$/;

const idIn = (value: unknown, key: string): string | undefined => {
  const id = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof id === 'string' && ID.test(id) ? id : undefined;
};

/** The part of a record that is known before the act. */
export const describeAct = ({ requestId, traceId, caller, ip, procedure, permission, input }: Act) => {
  const { kind, issuer: iss, subject: sub, clientId } = caller;
  const id = idIn(input, 'userId');
  const fields = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  return {
    time: new Date().toISOString(),
    requestId,
    traceId,
    actor: { kind, iss, sub, clientId },
    ip,
    action: procedure,
    permission,
    target: id === undefined ? undefined : ({ type: 'user', id } as const),
    changed: fields.filter((name) => name !== 'userId' && FIELD.test(name)).sort(),
  };
};

/** The target of an act that made one. */
export const madeTarget = (data: unknown): AuditRecord['target'] => {
  const id = idIn(data, 'id');
  return id === undefined ? undefined : { type: 'user', id };
};

const outcomes: Readonly<Record<string, Outcome>> = {
  UNAUTHORIZED: 'denied',
  FORBIDDEN: 'denied',
  TOO_MANY_REQUESTS: 'denied',
  INTERNAL_SERVER_ERROR: 'failed',
  BAD_GATEWAY: 'failed',
  SERVICE_UNAVAILABLE: 'failed',
  GATEWAY_TIMEOUT: 'failed',
};

/** How an error ended an act. */
export const describeEnd = (
  error: TRPCError | undefined,
  isMutation: boolean,
): Pick<AuditRecord, 'outcome' | 'code' | 'logtoCode' | 'roles'> => {
  if (!error) return { outcome: 'succeeded', code: undefined, logtoCode: undefined };
  const known = toProcedureError(error) ?? toProcedureError(error.cause);
  const code = known?.code ?? error.code;
  const isUnclear = isMutation && outcomeOf(error) === 'unknown' && code !== 'INTERNAL_SERVER_ERROR';
  return {
    outcome: isUnclear ? 'unknown' : (outcomes[code] ?? 'refused'),
    code,
    logtoCode: known?.logto?.code,
    ...(known?.roles && { roles: known.roles }),
  };
};
