import { initTRPC, type TRPCError } from '@trpc/server';
import type { Operation, Send } from '@users-bff/logto-users';
import type { Audit } from './audit/audit.js';
import type { Caller } from './authentication/caller.js';
import type { Permission } from './authorization/permissions.js';
import { requirePermission } from './authorization/require-permission.js';
import { requireStepUp, type StepUpOptions } from './authorization/step-up.js';
import type { CheckTouch } from './authorization/target-rules.js';
import { currentRequestId } from './current-request.js';
import { describeError } from './errors.js';
import type { Balance } from './rate-limits/limiter.js';
import { classOf, type ProcedureClass, type RateLimits } from './rate-limits/rate-limits.js';

/** What is known of a call when it has ended; a line of the log. */
export interface CallRecord {
  readonly procedure: string;
  readonly durationMs: number;
  /** The error that ended it, or `undefined` after a success. */
  readonly error: TRPCError | undefined;
  /** Status of Logto's last answer; `undefined` where it was not asked or did not answer. */
  readonly upstreamStatus: number | undefined;
}

/** What a procedure is given besides its input. */
export interface Context {
  readonly caller: Caller;
  /** Sends an operation to Logto. */
  readonly send: Send;
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
  readonly upstream?: { status: number | undefined };
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
    errorFormatter: ({ shape, error }) => {
      const { message, data } = describeError(error, currentRequestId());
      return {
        ...shape,
        message,
        data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, ...data },
      };
    },
  });

const observed = t.middleware(async ({ ctx, path, next }) => {
  const startedAt = performance.now();
  const upstream: { status: number | undefined } = { status: undefined };
  const result = await next({ ctx: { upstream } });
  ctx.onCall({
    procedure: path,
    durationMs: performance.now() - startedAt,
    error: result.ok ? undefined : result.error,
    upstreamStatus: upstream.status,
  });
  return result;
});

/** Every act is put on record, and every reading of secrets; other readings where they are denied. */
const audited = t.middleware(async ({ ctx, meta, type, path, getRawInput, next }) => {
  const startedAt = performance.now();
  const { caller, audit, ip } = ctx;
  const input = await getRawInput().catch(() => undefined);
  const act = { requestId: currentRequestId(), caller, ip, procedure: path, permission: meta?.permission, input };
  const isAct = type === 'mutation' || meta?.permission === 'users:credentials';
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
