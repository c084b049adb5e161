import { getTRPCErrorFromUnknown, initTRPC, TRPCError } from '@trpc/server';
import type { CallOptions, Operation, Send } from '@users-bff/logto-users';
import { core } from 'zod';
import type { Act, Audit } from './audit/audit.js';
import type { Caller } from './authentication/caller.js';
import type { Permission } from './authorization/permissions.js';
import { requirePermission } from './authorization/require-permission.js';
import { requireStepUp, type StepUpOptions } from './authorization/step-up.js';
import type { CheckTouch } from './authorization/target-rules.js';
import type { RequestIds } from './current-request.js';
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

/** What all calls have in common. */
export interface Server {
  /** Does what Logto cannot do at the same time one after another. */
  readonly takeTurn: TakeTurn;
  /** Whom callers may not touch. */
  readonly checkTouch: CheckTouch;
  /** How often callers may call. */
  readonly limits: RateLimits;
  /** What credential operations ask of a sign-in. */
  readonly stepUp: StepUpOptions;
  /** Where acts are put on record. */
  readonly audit: Audit;
  /** Told every call when it has ended. */
  readonly onCall: (record: CallRecord, ctx: Context) => void;
}

/** What a procedure is given besides its input. */
export interface Context {
  readonly server: Server;
  readonly ids: RequestIds;
  readonly caller: Caller;
  /** The caller's address. */
  readonly address: () => string | undefined;
  /** Sends an operation to Logto. */
  readonly send: Send;
  /** What is left of the caller's quotas, by class. */
  readonly balances: Map<ProcedureClass, Balance>;
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

const faults = new WeakMap<TRPCError, RequestIds>();

/** Notes whose fault it is that a request has no call in it: tRPC makes no context for such a one. */
export const noteFault = (error: TRPCError, ids: RequestIds): void => void faults.set(error, ids);

const idsOfFault = (error: TRPCError): RequestIds => {
  const ids = faults.get(error);
  if (!ids) throw new Error('an error of no request', { cause: error });
  return ids;
};

const identity = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    // Changes no byte on the wire. Without it tRPC maps the type of every result, and loses names and optional fields.
    transformer: identity,
    errorFormatter: ({ shape, error, type, ctx }): UsersErrorShape => {
      const { message, data } = describeError(error, ctx?.ids ?? idsOfFault(error), type === 'mutation');
      return {
        ...shape,
        message,
        data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, ...data },
      };
    },
  });

/** A call as tRPC hands it over. */
interface Asked {
  readonly ctx: Context;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly path: string;
  readonly getRawInput: () => Promise<unknown>;
  /** Tells that the caller has left. */
  readonly signal: CallOptions['signal'] | undefined;
}

/** A call that has been let pass. */
export interface PermittedCall extends Pick<Asked, 'ctx' | 'signal'> {
  /** As the schema of the procedure gives it. */
  readonly input: unknown;
  /** To be kept up by whoever asks Logto. */
  readonly upstream: UpstreamRecord;
}

/** What is called. */
interface Procedure {
  readonly meta: Meta;
  readonly schema: core.$ZodType | undefined;
  readonly resolve: (call: PermittedCall) => unknown;
}

/** Every act is put on record, and every reading of secrets; other readings where they are denied. */
const isOnRecord = ({ type }: Asked, { permission }: Meta): boolean =>
  type === 'mutation' || permission === 'users:credentials';

const actOf = async ({ ctx, type, path, getRawInput }: Asked, { permission }: Meta): Promise<Act> => ({
  ...ctx.ids,
  isMutation: type === 'mutation',
  caller: ctx.caller,
  ip: ctx.address(),
  procedure: path,
  permission,
  input: await getRawInput().catch(() => undefined),
});

/** Counts a call, then lets it pass or refuses it. */
const admit = async ({ ctx, type }: Asked, { permission }: Meta): Promise<void> => {
  const { server, caller, balances } = ctx;
  const procedureClass = classOf(permission, type === 'mutation');
  balances.set(procedureClass, await server.limits.countCall(caller, procedureClass));
  if (permission === undefined) return;
  requirePermission(caller, permission);
  if (permission === 'users:credentials') requireStepUp(caller, server.stepUp);
};

/** A procedure without a schema takes no input: what was sent as one is not even read. */
const inputOf = async ({ getRawInput }: Asked, { schema }: Procedure): Promise<unknown> => {
  if (!schema) return undefined;
  const { data, error } = core.safeParse(schema, await getRawInput());
  if (error) throw new TRPCError({ code: 'BAD_REQUEST', cause: error });
  return data;
};

/** All that happens in a call, in its order. */
const answer = (asked: Asked, procedure: Procedure): Promise<unknown> =>
  inSpan(asked.path, { 'rpc.system.name': 'trpc', 'rpc.method': asked.path }, async (span) => {
    const { ctx, path, signal } = asked;
    const { meta, resolve } = procedure;
    const { server } = ctx;
    const startedAt = performance.now();
    const upstream: UpstreamRecord = { attempts: 0, status: undefined, durationMs: 0 };
    let act: Act | undefined;
    let data: unknown;
    let error: TRPCError | undefined;
    try {
      if (isOnRecord(asked, meta)) {
        act = await actOf(asked, meta);
        await server.audit.begin(act);
      }
      await admit(asked, meta);
      data = await resolve({ ctx, input: await inputOf(asked, procedure), upstream, signal });
      return data;
    } catch (cause) {
      error = getTRPCErrorFromUnknown(cause);
      throw error;
    } finally {
      const durationMs = performance.now() - startedAt;
      if (error?.code === 'FORBIDDEN') act ??= await actOf(asked, meta);
      if (act) server.audit.end(act, { error, data, durationMs });
      if (error) failSpan(span, error.code);
      span.end();
      server.onCall({ procedure: path, permission: meta.permission, durationMs, error, upstream }, ctx);
    }
  });

export const { router } = t;

/**
 * Begins a procedure. tRPC is told how to call it, whoever asks: its own way through middlewares copies context and
 * call at each of them.
 */
const begin = (meta: Meta) => {
  const declared = (schema: core.$ZodType<unknown, unknown> | undefined, resolve: Procedure['resolve']) => {
    const procedure: Procedure = { meta, schema, resolve };
    const builder = t.procedure
      .meta(meta)
      .experimental_caller(({ args: [asked] }) => answer(asked as Asked, procedure));
    return schema ? builder.input(schema) : builder;
  };
  // What tRPC would call, were it not told how: never.
  const nothing = () => undefined;
  return {
    query: (...parts: Parameters<typeof declared>) => declared(...parts).query(nothing),
    mutation: (...parts: Parameters<typeof declared>) => declared(...parts).mutation(nothing),
  };
};

/** The start of a procedure that any authenticated caller may call. */
export const authenticatedProcedure = begin({});

/** The start of a procedure for callers with a permission. There is no other: one without it does not compile. */
export const permittedProcedure = (meta: Meta & Required<Pick<Meta, 'permission'>>) => begin(meta);
