import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '@users-bff/bff/client-types';

export type { AppRouter };

/** The inputs of all procedures, such as `RouterInputs['users']['list']`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** The results of all procedures, such as `RouterOutputs['users']['get']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;
