import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import type Provider from 'oidc-provider';
import { createUsersApi } from './api/users-api.js';
import { createFaults, type Faults } from './faults.js';
import { asForm } from './issuer/json-body.js';
import { newSigningKey, publicPart } from './issuer/keys.js';
import { createMemoryAdapter } from './issuer/memory-adapter.js';
import { createProvider } from './issuer/provider.js';
import { createSignIn } from './issuer/sign-in.js';
import {
  type Application,
  MANAGEMENT_API,
  managementApplication,
  powerlessApplication,
  type SandboxOptions,
} from './options.js';
import { seed } from './seed.js';
import { createStore, type Store } from './store.js';

/** A request that reached the sandbox. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: Readonly<IncomingMessage['headers']>;
  /** When the client hung up before it was answered, in milliseconds of `performance.now()`. */
  brokenOffAt?: number;
}

/** A running sandbox. */
export interface Sandbox extends Pick<Faults, 'failNext' | 'stopFailing'> {
  /** Where it listens: Logto's endpoint. */
  readonly endpoint: string;
  /** The issuer's identifier: `{endpoint}/oidc`. */
  readonly issuer: string;
  /** Everything that it knows; tests may change it. */
  readonly store: Store;
  /** All requests since the start or the last {@link forgetRequests}, in order. */
  readonly requests: readonly SeenRequest[];
  /** Those of them that asked the token endpoint. */
  readonly tokenRequests: readonly SeenRequest[];
  /** Those of them that asked the Users API. */
  readonly apiRequests: readonly SeenRequest[];
  forgetRequests(): void;
  /** Milliseconds that every call waits before it is done. */
  latencyMs: number;
  /** Life in seconds of the tokens issued from now on. */
  accessTokenTtlSeconds: number;
  /** The Users API refuses every token issued so far. */
  revokeTokens(): void;
  /** An application has another secret from now on; tokens that it got with the old one stay good. */
  changeSecret(clientId: string, clientSecret: string): void;
  /** Signs with a new key from now on. The old keys stay in the JWKS unless `forget` is set. */
  rotateKeys(options?: { forget?: boolean }): Promise<void>;
  close(): Promise<void>;
}

const listen = async (server: Server, port: number): Promise<string> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Requests that are remembered at least. */
const MAX_REMEMBERED = 100_000;

const withMountPath = (request: IncomingMessage): IncomingMessage =>
  Object.assign(request, { originalUrl: request.url, url: request.url?.slice('/oidc'.length) || '/' });

/**
 * Starts a stand-in for Logto on the loopback address: a real OpenID provider below `/oidc`, and the Users API below
 * `/api`, in memory. For development and tests: its secrets are public.
 *
 * @throws Error where the port is taken.
 */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const store = createStore();
  const resources = options.resources ?? [];
  const users = options.users ?? 250;
  if (users > 0) await seed(store, users, resources);

  const faults = createFaults();
  const adapter = createMemoryAdapter();
  let requests: SeenRequest[] = [];
  let accessTokenTtlSeconds = options.accessTokenTtlSeconds ?? 3600;
  let keys = [await newSigningKey()];
  let keySet: JWTVerifyGetKey = createLocalJWKSet({ keys: keys.map(publicPart) });
  const revoked = new Set<unknown>();
  const issued: unknown[] = [];

  const server = createServer();
  const endpoint = await listen(server, options.port ?? 3001);
  const issuer = `${endpoint}/oidc`;

  let applications: readonly Application[] = [
    managementApplication,
    powerlessApplication,
    ...(options.applications ?? []),
  ];
  const newProvider = (): Provider => {
    const created = createProvider({
      issuer,
      applications: [...applications],
      resources: new Map([
        [MANAGEMENT_API, ['all']],
        ...resources.map(({ indicator, scopes }): [string, readonly string[]] => [indicator, scopes]),
      ]),
      store,
      keys,
      adapter,
      accessTokenTtlSeconds: () => accessTokenTtlSeconds,
    });
    created.on('client_credentials.issued', ({ jti }) => issued.push(jti));
    created.on('access_token.issued', ({ jti }) => issued.push(jti));
    return created;
  };
  let provider = newProvider();

  const usersApi = createUsersApi({
    store,
    dangers: options.dangers ?? true,
    authentication: {
      issuer,
      audience: MANAGEMENT_API,
      keys: () => keySet,
      isRevoked: (jti) => revoked.has(jti),
    },
  });
  const signIn = createSignIn(() => provider, store);

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (requests.length >= 2 * MAX_REMEMBERED) requests = requests.slice(-MAX_REMEMBERED);
    const seen: SeenRequest = { method: request.method ?? '', url: request.url ?? '', headers: request.headers };
    requests.push(seen);
    response.once('close', () => {
      if (!response.writableFinished) seen.brokenOffAt = performance.now();
    });
    if (path.startsWith('/oidc/')) {
      const isToken = path === '/oidc/token';
      if (isToken && (await faults.applyTo('token', request, response))) return;
      await provider.callback()(withMountPath(isToken ? await asForm(request) : request), response);
    } else if (path.startsWith('/api/')) {
      if (!(await faults.applyTo('api', request, response))) await usersApi(request, response);
    } else if (path.startsWith('/sandbox/sign-in/')) {
      await signIn(request, response);
    } else {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><title>Logto sandbox</title><p>A stand-in for Logto, for development.');
    }
  };

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    respond(request, response).catch((error: unknown) => {
      process.stderr.write(`logto-sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json; charset=utf-8' });
      response.end('{"message":"Internal server error."}');
    });
  });

  const announce = options.announce ?? ((line: string) => void process.stderr.write(`${line}\n`));
  announce(`logto-sandbox: this is a SANDBOX at ${endpoint}: invented users, in memory, with public secrets.`);

  const asked = (prefix: string) => requests.filter(({ url }) => url.startsWith(prefix));

  return {
    endpoint,
    issuer,
    store,
    failNext: faults.failNext,
    stopFailing: faults.stopFailing,
    get requests() {
      return requests;
    },
    get tokenRequests() {
      return asked('/oidc/token');
    },
    get apiRequests() {
      return asked('/api/');
    },
    forgetRequests() {
      requests = [];
    },
    get latencyMs() {
      return faults.latencyMs;
    },
    set latencyMs(value) {
      faults.latencyMs = value;
    },
    get accessTokenTtlSeconds() {
      return accessTokenTtlSeconds;
    },
    set accessTokenTtlSeconds(value) {
      accessTokenTtlSeconds = value;
    },
    revokeTokens() {
      for (const jti of issued.splice(0)) revoked.add(jti);
    },
    changeSecret(clientId, clientSecret) {
      applications = applications.map((application) =>
        application.kind === 'machine' && application.clientId === clientId
          ? { ...application, clientSecret }
          : application,
      );
      provider = newProvider();
    },
    async rotateKeys({ forget = false } = {}) {
      keys = [await newSigningKey(), ...(forget ? [] : keys)];
      keySet = createLocalJWKSet({ keys: keys.map(publicPart) });
      provider = newProvider();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
