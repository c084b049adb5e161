import { router } from '../trpc.js';
import { session } from './session.js';
import { users } from './users.js';

/** All procedures. */
export const appRouter = router({ users, session });

/** The type from which clients take theirs. */
export type AppRouter = typeof appRouter;
