import type { Operation } from '@users-bff/logto-users';
import type { Context } from '../trpc.js';

/** Sends an operation, as a part of the call that goes on. */
export type SendInCall = <In, Out>(operation: Operation<In, Out>, input: In) => Promise<Out>;

/** How a procedure comes to its result, where that takes more than sending its operation. */
export type Way<In, Out> = (ctx: Context, input: In, send: SendInCall) => Promise<Out>;
