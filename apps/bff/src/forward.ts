import { setMaxListeners } from 'node:events';
import type { InputOf, Operation, OutputOf, operations } from '@users-bff/logto-users';
import { core, z } from 'zod';
import type { Permission } from './authorization/permissions.js';
import { requireFieldPermissions } from './authorization/require-permission.js';
import { toProcedureError } from './errors.js';
import type { Mutation, Query } from './procedure-types.js';
import { type PermittedCall, permittedProcedure } from './trpc.js';
import { guessing } from './ways/guess.js';
import { replaceRoles } from './ways/replace-roles.js';
import { rolesOf } from './ways/roles-of.js';
import type { SendInCall, Way } from './ways/way.js';

/** Permissions that fields of an input need, besides that of the procedure. */
export type FieldPermissions<In> = { readonly [Field in keyof In]?: Permission };

interface Declaration<In, Out> {
  readonly operation: Operation<In, Out>;
  readonly permission: Permission;
  readonly fieldPermissions?: FieldPermissions<In>;
  /** Default: the operation is sent. */
  readonly way?: Way<In, Out>;
}

/** What of a call goes on to Logto: the caller's leaving, and the counting of what is sent. */
const sendInCall = ({ ctx: { send }, upstream, signal }: PermittedCall): SendInCall => {
  // All calls of a batch listen to it: Node takes more than ten for a leak, and says so for each batch.
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  return (operation, input) =>
    send(operation, input, {
      ...(signal && { signal }),
      onAttempt() {
        const startedAt = performance.now();
        upstream.attempts += 1;
        return {
          end({ status }) {
            upstream.status = status;
            upstream.durationMs += performance.now() - startedAt;
          },
        };
      },
    });
};

const declare = <In, Out>({ operation, permission, fieldPermissions = {}, way }: Declaration<In, Out>) => {
  const fields = fieldPermissions as Readonly<Record<string, Permission>>;
  const isMutation = operation.method !== 'GET';
  const touches = isMutation || permission === 'users:credentials';
  const mayBeLeftOut = core.safeParse(operation.input, {}).success;
  const input = mayBeLeftOut ? z.optional(operation.input) : operation.input;
  const procedure = permittedProcedure({
    operation: operation as unknown as Operation<unknown, unknown>,
    permission,
    fieldPermissions: fields,
  });

  const forward = async (call: PermittedCall) => {
    const { ctx, input: given = {}, signal } = call;
    requireFieldPermissions(ctx.caller, given as object, fields);
    const send = sendInCall(call);
    const rolesOfUser = (userId: string) => rolesOf(send, userId);
    const go = () => (way ? way(ctx, given as In, send) : send(operation, given as In));
    try {
      if (touches) {
        await ctx.server.checkTouch(ctx.caller, { isMutation, input: given as object, rolesOf: rolesOfUser });
      }
      if (!operation.exclusive) return await go();
      const { userId } = given as { userId: string };
      return await ctx.server.takeTurn(`${operation.exclusive} ${userId}`, go, signal);
    } catch (error) {
      throw toProcedureError(error) ?? error;
    }
  };
  return { procedure, input: input as core.$ZodType<unknown, unknown>, forward };
};

const declareMutation = <In, Out>(declaration: Declaration<In, Out>): Mutation<In, Out> => {
  const { procedure, input, forward } = declare(declaration);
  return procedure.mutation(input, forward) as unknown as Mutation<In, Out>;
};

/** The procedure of an operation that reads. */
export const query = <In, Out>(operation: Operation<In, Out>, permission: Permission): Query<In, Out> => {
  const { procedure, input, forward } = declare({ operation, permission });
  return procedure.query(input, forward) as unknown as Query<In, Out>;
};

/**
 * The procedure of an operation that writes.
 *
 * @param fieldPermissions Permissions that single fields of the input need besides.
 */
export const mutation = <In, Out>(
  operation: Operation<In, Out>,
  permission: Permission,
  fieldPermissions: FieldPermissions<In> = {},
): Mutation<In, Out> => declareMutation({ operation, permission, fieldPermissions });

/** The procedure of an operation that tells whether a guess at a user's secret is right; wrong ones are limited. */
export const guess = <In extends { userId: string }, Out>(
  operation: Operation<In, Out>,
  permission: Permission,
): Mutation<In, Out> => declareMutation({ operation, permission, way: guessing(operation) });

/** The procedure that replaces roles: none is lost where Logto refuses. */
export const replacement = (
  operation: typeof operations.replaceUserRoles,
  permission: Permission,
): Mutation<InputOf<typeof operation>, OutputOf<typeof operation>> =>
  declareMutation({ operation, permission, way: replaceRoles });
