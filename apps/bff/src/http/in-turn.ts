import type { NextFunction, RequestHandler } from 'express';

/**
 * Makes one handler of several that answer or go on at once: Express matches paths and sets up its request anew for
 * each handler that it knows of, which costs more than these do.
 */
export const inTurn =
  (...handlers: readonly RequestHandler[]): RequestHandler =>
  (request, response, next) => {
    const from =
      (index: number): NextFunction =>
      (error?: unknown) => {
        const handler = error === undefined ? handlers[index] : undefined;
        if (handler) handler(request, response, from(index + 1));
        else next(error);
      };
    from(0)();
  };
