import cors from 'cors';
import { setCommonHeaders } from './answer.js';
import { refuse } from './refuse.js';
import type { Step } from './step.js';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/** `Origin` is of the page, `Host` of this server: the same, where the page is this server's own. */
const isOwn = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;

/**
 * Lets in pages of other origins by name alone (the CORS protocol of the Fetch standard). Their preflights need no
 * token, and reach nothing.
 *
 * @param options.origins Of pages that may call, such as `https://admin.example.com`.
 * @param options.isLocal This server is for this machine alone: a page whose name was made to point here (DNS
 * rebinding) is told by the name that it calls.
 */
export const browsers = ({ origins, isLocal }: { origins: readonly string[]; isLocal: boolean }): Step => {
  const shareWith: Step = cors({
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'dpop',
      'traceparent',
      'tracestate',
      'trpc-accept',
      'x-request-id',
      'x-request-timeout',
    ],
    exposedHeaders: ['ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate', 'x-request-id'],
    maxAge: 600,
  });
  return (request, response, next) => {
    const { origin, host } = request.headers;
    if (isLocal && !LOOPBACK.test(host ?? '')) {
      return refuse(response, 'FORBIDDEN', 'This server is for this machine alone.');
    }
    if (origin !== undefined && !origins.includes(origin) && !isOwn(origin, host)) {
      return refuse(response, 'FORBIDDEN', 'Pages of this origin may not call.');
    }
    if (origins.length === 0) return next();
    // A preflight goes no further.
    if (request.method === 'OPTIONS') setCommonHeaders(response);
    shareWith(request, response, next);
  };
};
