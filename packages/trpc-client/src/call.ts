import { type Operation, TRPCClientError } from '@trpc/client';
import type { AppRouter } from './router-types.js';

/** A call of a procedure, as tRPC's links know it. */
export interface Call extends Operation {
  /** The access token that it is to go with. Default: the one that is asked for. */
  token?: string;
  /** The one that it went with. */
  wentWith?: string;
}

/** Why a call has no result. */
export type Failure = TRPCClientError<AppRouter>;

/** A way to the result of a call: what it rejects with is a `Failure`. */
export type Send = (call: Call) => Promise<unknown>;

/** What a call is told that its caller has given up. */
export const abortedBy = ({ reason }: AbortSignal): Failure =>
  TRPCClientError.from<AppRouter>(reason instanceof Error ? reason : new Error('aborted'));
