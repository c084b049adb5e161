import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import { LogtoApiError, type Operation, type OutputOf, operations } from '@users-bff/logto-users';
import { core, z } from 'zod';
import type { Permission } from './authorization/permissions.js';
import { requireFieldPermissions } from './authorization/require-permission.js';
import { toProcedureError } from './errors.js';
import { type Context, type Meta, permittedProcedure } from './trpc.js';

/** The input of a procedure: nothing need be given where every key is optional. */
// biome-ignore lint/suspicious/noConfusingVoidType: tRPC's clients take `void` for an input that may be left out.
export type ProcedureInput<In> = Record<never, never> extends In ? In | void : In;

/** A query that forwards an operation. */
export type Query<In, Out> = TRPCQueryProcedure<{ input: ProcedureInput<In>; output: Out; meta: Meta }>;

/** A mutation that forwards an operation. */
export type Mutation<In, Out> = TRPCMutationProcedure<{ input: ProcedureInput<In>; output: Out; meta: Meta }>;

/** Permissions that fields of an input need, besides that of the procedure. */
export type FieldPermissions<In> = { readonly [Field in keyof In]?: Permission };

/** The most that Logto puts on a page. */
const PAGE_SIZE = 100;

const rolesOf =
  ({ send }: Context) =>
  async (userId: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let page: number | undefined = 1; page !== undefined; ) {
      const { items, nextCursor }: OutputOf<typeof operations.listUserRoles> = await send(operations.listUserRoles, {
        userId,
        page,
        pageSize: PAGE_SIZE,
      });
      ids.push(...items.map(({ id }) => id));
      page = nextCursor;
    }
    return ids;
  };

const isWrongGuess = (error: unknown): boolean =>
  error instanceof LogtoApiError && error.refusal.code === 'session.invalid_credentials';

/** Counts a guess as wrong from its beginning, so that guesses at the same time count too. */
const guessing = async <T>({ limits }: Context, userId: string, send: () => Promise<T>): Promise<T> => {
  const wasNone = await limits.countGuess(userId);
  try {
    const result = await send();
    await wasNone();
    return result;
  } catch (error) {
    if (!isWrongGuess(error)) await wasNone();
    throw error;
  }
};

const declare = <In, Out>(
  operation: Operation<In, Out>,
  permission: Permission,
  fieldPermissions: FieldPermissions<In> = {},
  isGuess = false,
) => {
  const fields = fieldPermissions as Readonly<Record<string, Permission>>;
  const isMutation = operation.method !== 'GET';
  const touches = isMutation || permission === 'users:credentials';
  const mayBeLeftOut = core.safeParse(operation.input, {}).success;
  const input = mayBeLeftOut ? z.optional(operation.input) : operation.input;
  const base = permittedProcedure({
    operation: operation as unknown as Operation<unknown, unknown>,
    permission,
    fieldPermissions: fields,
  }).input(input as core.$ZodType<unknown, unknown>);

  const forward = async ({
    ctx,
    input: given = {},
    signal,
  }: {
    ctx: Context;
    input: unknown;
    signal: AbortSignal | undefined;
  }) => {
    requireFieldPermissions(ctx.caller, given as object, fields);
    try {
      if (touches) await ctx.checkTouch(ctx.caller, { isMutation, input: given as object, rolesOf: rolesOf(ctx) });
      const send = () =>
        ctx.send(operation, given as In, {
          ...(signal && { signal }),
          onResponse: ({ status }) => {
            if (ctx.upstream) ctx.upstream.status = status;
          },
        });
      return await (isGuess ? guessing(ctx, (given as { userId: string }).userId, send) : send());
    } catch (error) {
      throw toProcedureError(error) ?? error;
    }
  };
  return { base, forward };
};

/** The procedure of an operation that reads. */
export const query = <In, Out>(operation: Operation<In, Out>, permission: Permission): Query<In, Out> => {
  const { base, forward } = declare(operation, permission);
  return base.query(forward) as unknown as Query<In, Out>;
};

/**
 * The procedure of an operation that writes.
 *
 * @param fieldPermissions Permissions that single fields of the input need besides.
 */
export const mutation = <In, Out>(
  operation: Operation<In, Out>,
  permission: Permission,
  fieldPermissions?: FieldPermissions<In>,
): Mutation<In, Out> => {
  const { base, forward } = declare(operation, permission, fieldPermissions);
  return base.mutation(forward) as unknown as Mutation<In, Out>;
};

/** The procedure of an operation that tells whether a guess at a user's secret is right; wrong ones are limited. */
export const guess = <In extends { userId: string }, Out>(
  operation: Operation<In, Out>,
  permission: Permission,
): Mutation<In, Out> => {
  const { base, forward } = declare(operation, permission, {}, true);
  return base.mutation(forward) as unknown as Mutation<In, Out>;
};
