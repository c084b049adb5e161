import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { buildManifest } from './build-manifest.js';
import type { Settings, SignIn } from './manifest.js';
import type { Handler, TrpcPanelOptions } from './options.js';

const SECRET_NAMES = /pass(word|phrase|code)|secret|token|digest|credential|private_?key|api_?key|^otp$|^codes?$/i;

const TYPESCRIPT = `import { createTRPCClient, httpBatchLink } from '@trpc/client';
import type { AppRouter } from './server.js';

const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: '{url}' })] });`;

const REACT_QUERY = 'const trpc = useTRPC();';

const settingsOf = ({ title, url, queriesBy, notice, signIn, identity, secretNames, client }: TrpcPanelOptions) =>
  ({
    title: title ?? 'tRPC panel',
    url,
    queriesBy: queriesBy ?? 'GET',
    ...(notice && { notice }),
    ...(signIn && { signIn }),
    ...(identity && { identity }),
    secretNames: (secretNames ?? SECRET_NAMES).source,
    client: { typescript: TYPESCRIPT, reactQuery: REACT_QUERY, ...client },
  }) satisfies Settings;

/** Nothing is run, shown or called but what is the panel's own, the router, and the issuer where people sign in. */
const contentSecurityPolicy = (url: string, signIn: SignIn | undefined): string => {
  const others = [url, signIn?.issuer].flatMap((each) => (each && URL.canParse(each) ? [new URL(each).origin] : []));
  return [
    "default-src 'self'",
    `connect-src ${["'self'", ...new Set(others)].join(' ')}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};

const HASHED = /\/assets\//;

const answerJson = (response: ServerResponse, value: unknown): void => {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(JSON.stringify(value));
};

/** The path below where the panel is mounted, without the query. */
const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

/**
 * Makes the panel: a page to explore and call the procedures of a router.
 *
 * It answers `GET` and `HEAD` below the path where it is mounted, with files of its own and with what it knows of the
 * router: the settings of the page, which are public, and the manifest, which `guard` can keep from others. Whatever it
 * does not know, it leaves to the next handler.
 *
 * @returns A middleware for Express or Connect: `app.use('/panel', createTrpcPanel({ router, url: '/trpc' }))`.
 */
export const createTrpcPanel = (options: TrpcPanelOptions): Handler => {
  const { guard = (_request, _response, next) => next() } = options;
  const settings = settingsOf(options);
  const policy = contentSecurityPolicy(options.url, options.signIn);
  let manifest: ReturnType<typeof buildManifest> | undefined;

  const files = sirv(fileURLToPath(new URL('../dist/page', import.meta.url)), {
    etag: true,
    setHeaders: (response, pathname) => {
      response.setHeader('cache-control', HASHED.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });

  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    // Addresses of the page's own files are relative to a folder.
    const original = request.originalUrl ?? request.url ?? '/';
    const [path = '/', query] = original.split('?', 2);
    if (pathOf(request) === '/' && !path.endsWith('/')) {
      response.statusCode = 308;
      response.setHeader(
        'location',
        `${path.slice(path.lastIndexOf('/') + 1)}/${query === undefined ? '' : `?${query}`}`,
      );
      response.end();
      return;
    }
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    switch (pathOf(request)) {
      case '/settings.json':
        return answerJson(response, settings);
      case '/manifest.json':
        // Made when it is first asked for: the router's start does not wait for it.
        return guard(request, response, (error) => {
          if (error) return next(error);
          manifest ??= buildManifest(options);
          manifest.then((made) => answerJson(response, made), next);
        });
      default:
        files(request, response, () => next());
    }
  };
};
