import type { IncomingMessage, ServerResponse } from 'node:http';

/** Goes on to the next step, or to the last resort with an error. */
export type Next = (error?: unknown) => void;

/**
 * A step of every request: it answers or goes on. Of Node's own request and response, so that it stands before Express
 * as well as in it.
 */
export type Step = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** Makes one step of several. */
export const inTurn =
  (...steps: readonly Step[]): Step =>
  (request, response, next) => {
    const from = (index: number): void => {
      const step = steps[index];
      try {
        if (!step) next();
        else step(request, response, (error) => (error === undefined ? from(index + 1) : next(error)));
      } catch (error) {
        next(error);
      }
    };
    from(0);
  };

/** The target of a request as it came: where Express mounts, it shortens `url`. */
export const targetOf = (request: IncomingMessage & { originalUrl?: string }): string =>
  request.originalUrl ?? request.url ?? '/';

/** The path of a request: what stands before its query. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => {
  // A request to a proxy names the server too (RFC 9112, section 3.2.2).
  const target = url.startsWith('/') || !URL.canParse(url) ? url : new URL(url).pathname;
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
};
