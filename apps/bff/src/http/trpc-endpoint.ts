import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { Send } from '@users-bff/logto-users';
import type { RequestHandler } from 'express';
import { bearerChallenge } from '../authentication/errors.js';
import { ProcedureError, toProcedureError } from '../errors.js';
import type { Logger } from '../log.js';
import { appRouter } from '../router/index.js';
import type { CallRecord, Context } from '../trpc.js';
import { callerOf } from './authenticate.js';

/** Bytes of a request's body. */
const MAX_BODY_SIZE = 256 * 1024;

const outcomeOf = ({ error }: CallRecord): string => (error ? (toProcedureError(error)?.code ?? error.code) : 'ok');

/** Writes one line for each call: who, what, how it ended. Neither input nor output, nor text from outside. */
const logCall =
  (log: Logger, context: Pick<Context, 'requestId' | 'caller'>) =>
  (record: CallRecord): void => {
    const { procedure, durationMs, upstreamStatus, error } = record;
    const { subject, clientId } = context.caller;
    const known = error && toProcedureError(error);
    const isOurs = error?.code === 'INTERNAL_SERVER_ERROR';
    const line = {
      requestId: context.requestId,
      procedure,
      subject,
      clientId,
      outcome: outcomeOf(record),
      durationMs: Math.round(durationMs * 10) / 10,
      upstreamStatus,
      logtoCode: known?.logto?.code,
      ...(isOurs && { errorName: error.cause?.name, stack: error.cause?.stack?.split('\n').slice(1, 6) }),
    };
    if (isOurs) log.error(line, 'call');
    else if (known && ['BAD_GATEWAY', 'SERVICE_UNAVAILABLE', 'GATEWAY_TIMEOUT'].includes(known.code))
      log.warn(line, 'call');
    else log.info(line, 'call');
  };

/** Answers tRPC's calls, single and in batches. */
export const trpcEndpoint = (send: Send, log: Logger, maxBatchSize: number): RequestHandler =>
  createExpressMiddleware({
    router: appRouter,
    maxBatchSize,
    maxBodySize: MAX_BODY_SIZE,
    // Queries may go by POST, so that personal data stays out of URLs and access logs.
    allowMethodOverride: true,
    createContext: ({ res }): Context => {
      const identity = { requestId: res.locals['requestId'] as string, caller: callerOf(res) };
      return { ...identity, send, onCall: logCall(log, identity) };
    },
    onError: ({ error, path, ctx }) => {
      // Calls that reached a procedure have their line already.
      const isKnown = path !== undefined && Object.hasOwn(appRouter._def.procedures, path);
      if (!isKnown) log.info({ requestId: ctx?.requestId, outcome: error.code }, 'no call');
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
