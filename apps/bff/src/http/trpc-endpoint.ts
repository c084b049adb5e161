import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { Send } from '@users-bff/logto-users';
import type { RequestHandler } from 'express';
import { bearerChallenge } from '../authentication/errors.js';
import { currentRequestId } from '../current-request.js';
import { ProcedureError } from '../errors.js';
import type { Logger } from '../log.js';
import { appRouter } from '../router/index.js';
import type { Context } from '../trpc.js';
import { callerOf } from './authenticate.js';
import { logCall } from './call-log.js';

/** Bytes of a request's body. */
const MAX_BODY_SIZE = 256 * 1024;

/** Answers tRPC's calls, single and in batches. */
export const trpcEndpoint = (send: Send, log: Logger, maxBatchSize: number): RequestHandler =>
  createExpressMiddleware({
    router: appRouter,
    maxBatchSize,
    maxBodySize: MAX_BODY_SIZE,
    // Queries may go by POST, so that personal data stays out of URLs and access logs.
    allowMethodOverride: true,
    createContext: ({ res }): Context => {
      const caller = callerOf(res);
      return { caller, send, onCall: logCall(log, caller) };
    },
    onError: ({ error, path }) => {
      // Calls that reached a procedure have their line already.
      const isKnown = path !== undefined && Object.hasOwn(appRouter._def.procedures, path);
      if (!isKnown) log.info({ requestId: currentRequestId(), outcome: error.code }, 'no call');
    },
    responseMeta: ({ errors }) => {
      const known = errors.filter((error) => error instanceof ProcedureError);
      const lacking = known.flatMap(({ requiredPermission }) => requiredPermission ?? []);
      const waits = known.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
      return {
        headers: {
          ...(lacking.length > 0 && {
            'www-authenticate': bearerChallenge('insufficient_scope', [...new Set(lacking)].join(' ')),
          }),
          ...(waits.length > 0 && { 'retry-after': String(Math.max(...waits)) }),
        },
      };
    },
  });
