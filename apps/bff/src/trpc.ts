import { initTRPC, type TRPCError } from '@trpc/server';
import type { Operation, Send } from '@users-bff/logto-users';
import type { Audit } from './audit/audit.js';
import type { Caller } from './authentication/caller.js';
import type { Permission } from './authorization/permissions.js';
import { requirePermission } from './authorization/require-permission.js';
import { requireStepUp, type StepUpOptions } from './authorization/step-up.js';
import type { CheckTouch } from './authorization/target-rules.js';
import { currentIds } from './current-request.js';
import type { UsersErrorShape } from './error-shape.js';
import { describeError } from './errors.js';
import type { Balance } from './rate-limits/limiter.js';
import { classOf, type ProcedureClass, type RateLimits } from './rate-limits/rate-limits.js';
import type { TakeTurn } from './rate-limits/turns.js';
import { failSpan, inSpan } from './telemetry/tracing.js';

/** What is known of a call when it has ended; a line of the log. */
export interface CallRecord {
  readonly procedure: string;
  readonly durationMs: number;
  /** The error that ended it, or `undefined` after a success. */
  readonly error: TRPCError | undefined;
  /** The permission that it needs. */
  readonly permission: Permission | undefined;
  readonly upstream: UpstreamRecord;
}

/** What a call asked of Logto. */
export interface UpstreamRecord {
  /** Requests, repeated ones included. */
  attempts: number;
  /** Status of the last answer; `undefined` where Logto was not asked or did not answer. */
  status: number | undefined;
  /** Milliseconds that they took together. */
  durationMs: number;
}

/** What a procedure is given besides its input. */
export interface Context {
  readonly caller: Caller;
  /** Sends an operation to Logto. */
  readonly send: Send;
  /** Does what Logto cannot do at the same time one after another. */
  readonly takeTurn: TakeTurn;
  /** Whom the caller may not touch. */
  readonly checkTouch: CheckTouch;
  /** How often the caller may call. */
  readonly limits: RateLimits;
  /** What is left of the caller's quotas, by class. */
  readonly balances: Map<ProcedureClass, Balance>;
  /** What credential operations ask of a sign-in. */
  readonly stepUp: StepUpOptions;
  /** Where acts are put on record. */
  readonly audit: Audit;
  /** The caller's address. */
  readonly ip: string | undefined;
  /** Told every call when it has ended. */
  readonly onCall: (record: CallRecord) => void;
  /** Set by the step that asks Logto. */
  readonly upstream?: UpstreamRecord;
}

/** What is known of a procedure without calling it. */
export interface Meta {
  /** The operation that it forwards. */
  readonly operation?: Operation<unknown, unknown>;
  /** The permission that it needs; without one any authenticated caller may call it. */
  readonly permission?: Permission;
  /** Permissions that single fields of the input need besides. */
  readonly fieldPermissions?: Readonly<Record<string, Permission>>;
}

const identity = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    // Changes no byte on the wire. Without it tRPC maps the type of every result, and loses names and optional fields.
    transformer: identity,
    errorFormatter: ({ shape, error, type }): UsersErrorShape => {
      const { message, data } = describeError(error, currentIds(), type === 'mutation');
      return {
        ...shape,
        message,
        data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, ...data },
      };
    },
  });

const observed = t.middleware(({ ctx, meta, path, next }) =>
  inSpan(path, { 'rpc.system.name': 'trpc', 'rpc.method': path }, async (span) => {
    const startedAt = performance.now();
    const upstream: UpstreamRecord = { attempts: 0, status: undefined, durationMs: 0 };
    const result = await next({ ctx: { upstream } });
    const error = result.ok ? undefined : result.error;
    if (error) failSpan(span, error.code);
    span.end();
    const durationMs = performance.now() - startedAt;
    ctx.onCall({ procedure: path, permission: meta?.permission, durationMs, error, upstream });
    return result;
  }),
);

/** Every act is put on record, and every reading of secrets; other readings where they are denied. */
const audited = t.middleware(async ({ ctx, meta, type, path, getRawInput, next }) => {
  const startedAt = performance.now();
  const { caller, audit, ip } = ctx;
  const input = await getRawInput().catch(() => undefined);
  const isMutation = type === 'mutation';
  const { requestId, traceId } = currentIds();
  const act = { requestId, traceId, isMutation, caller, ip, procedure: path, permission: meta?.permission, input };
  const isAct = isMutation || meta?.permission === 'users:credentials';
  const result = await (isAct ? audit.begin(act).then(() => next()) : next()).catch((error: TRPCError) => {
    // What this middleware throws itself.
    audit.end(act, { error, durationMs: performance.now() - startedAt });
    throw error;
  });
  const error = result.ok ? undefined : result.error;
  if (isAct || error?.code === 'FORBIDDEN') {
    const data = result.ok ? result.data : undefined;
    audit.end(act, { error, data, durationMs: performance.now() - startedAt });
  }
  return result;
});

const counted = t.middleware(async ({ ctx, meta, type, next }) => {
  const procedureClass = classOf(meta?.permission, type === 'mutation');
  ctx.balances.set(procedureClass, await ctx.limits.countCall(ctx.caller, procedureClass));
  return next();
});

const permitted = t.middleware(({ ctx, meta, next }) => {
  // Held by the types too: see below.
  if (!meta?.permission) throw new Error('a procedure without a permission');
  requirePermission(ctx.caller, meta.permission);
  if (meta.permission === 'users:credentials') requireStepUp(ctx.caller, ctx.stepUp);
  return next();
});

export const { router } = t;

/** The start of a procedure that any authenticated caller may call. */
export const authenticatedProcedure = t.procedure.use(observed).use(counted);

/** The start of a procedure for callers with a permission. There is no other: one without it does not compile. */
export const permittedProcedure = (meta: Meta & Required<Pick<Meta, 'permission'>>) =>
  t.procedure.meta(meta).use(observed).use(audited).use(counted).use(permitted);
