import type { TRPCBuiltRouter, TRPCDecorateCreateRouterOptions } from '@trpc/server';
import type { UsersErrorShape } from '../error-shape.js';
import { router } from '../trpc.js';
import { session } from './session.js';
import { users } from './users.js';

/** All procedures. */
export const appRouter = router({ users, session });

/** The type from which clients take theirs: what travels, and nothing of how the server is made. */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: UsersErrorShape; transformer: true },
  TRPCDecorateCreateRouterOptions<{ users: typeof users; session: typeof session }>
>;
