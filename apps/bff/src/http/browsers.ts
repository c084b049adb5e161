import cors from 'cors';
import helmet from 'helmet';
import { refuse } from './refuse.js';
import type { Step } from './step.js';

/** Answers are data: nothing in them may be run, framed, sniffed or kept. */
const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
  },
  referrerPolicy: { policy: 'no-referrer' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
});

/** What helmet says of every answer: always the same, so that it is asked once. */
const headersOf = (middleware: typeof protect): ReadonlyMap<string, string> => {
  const headers = new Map<string, string>();
  const recorder = { setHeader: (name: string, value: string) => headers.set(name, value), removeHeader() {} };
  const [request, response] = [{}, recorder] as unknown as Parameters<typeof protect>;
  middleware(request, response, () => {});
  return headers;
};

const HEADERS = new Map([...headersOf(protect), ['cache-control', 'no-store']]);

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/** `Origin` is of the page, `Host` of this server: the same, where the page is this server's own. */
const isOwn = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;

/**
 * What concerns browsers: answers that they keep to themselves, and pages of other origins let in by name alone
 * (the CORS protocol of the Fetch standard). Their preflights need no token, and reach nothing.
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
    response.setHeaders(HEADERS);
    const { origin, host } = request.headers;
    if (isLocal && !LOOPBACK.test(host ?? '')) {
      return refuse(response, 'FORBIDDEN', 'This server is for this machine alone.');
    }
    if (origin !== undefined && !origins.includes(origin) && !isOwn(origin, host)) {
      return refuse(response, 'FORBIDDEN', 'Pages of this origin may not call.');
    }
    if (origins.length > 0) shareWith(request, response, next);
    else next();
  };
};
