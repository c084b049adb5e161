import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';

/** The input of a procedure: nothing need be given where every key is optional. */
// biome-ignore lint/suspicious/noConfusingVoidType: tRPC's clients take `void` for an input that may be left out.
export type ProcedureInput<In> = Record<never, never> extends In ? In | void : In;

/** A query that forwards an operation. What the server knows of it is the server's own: clients take these types. */
export type Query<In, Out> = TRPCQueryProcedure<{ input: ProcedureInput<In>; output: Out; meta: object }>;

/** A mutation that forwards an operation. */
export type Mutation<In, Out> = TRPCMutationProcedure<{ input: ProcedureInput<In>; output: Out; meta: object }>;
