import { setTimeout } from 'node:timers/promises';
import {
  appRouter,
  type Config,
  createLog,
  permissions,
  type ReadinessReport,
  type RunningServer,
  readConfig,
  serve,
} from '@users-bff/bff';
import {
  MANAGEMENT_API,
  type MachineApplication,
  managementApplication,
  type Sandbox,
  type SandboxOptions,
  SOCIAL_CONNECTOR_ID,
  startSandbox,
} from '@users-bff/logto-sandbox';
import { createTokenCache } from '@users-bff/token-cache';
import { createUsersClient, type UsersClient } from '@users-bff/trpc-client';
import { errorAnswers, leaksIn } from './needles.js';
import { FRONTEND } from './sign-in.js';

/** The BFF's own API resource. */
export const AUDIENCE = 'https://users-bff.example';

/** Tests call more often than anybody may. */
export const UNLIMITED = Object.fromEntries(
  ['RATE_LIMIT_READS', 'RATE_LIMIT_WRITES', 'RATE_LIMIT_CREDENTIALS', 'RATE_LIMIT_DELETIONS', 'AUTH_FAILURES'].map(
    (name) => [name, '1000000'],
  ),
);

/** A Logto: the sandbox or a real one. */
export interface Upstream {
  readonly endpoint: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly resource: string;
  /** Connectors that exist there; a real Logto's are not known. */
  readonly connectors?: { readonly social: string; readonly email: string };
}

/** Everything between a caller and Logto, running. */
export interface World {
  readonly upstream: Upstream;
  /** The issuer of the callers' tokens, and the upstream too unless that is a real Logto. */
  readonly sandbox: Sandbox;
  readonly server: RunningServer;
  readonly url: string;
  /** Another BFF like it, in front of the same Logto. */
  replica(): Promise<RunningServer>;
  /** Lines of the BFF's log. */
  readonly log: string[];
  /** An access token for the BFF with these permissions. */
  token(...scopes: string[]): Promise<string>;
  /** A typed client of a caller with these permissions; with all where none is named. */
  client(...scopes: string[]): UsersClient;
  /** Asks the upstream itself, to set a scene that the Users API cannot. */
  setUp(method: string, path: string, body?: unknown): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The application of all callers. */
export const caller: MachineApplication = {
  kind: 'machine',
  clientId: 'caller',
  clientSecret: 'caller-secret',
  grants: { [AUDIENCE]: permissions },
};

const isMutation = (procedure: string): boolean =>
  (appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)[procedure]?._def.type ===
  'mutation';

/** Mutations that were called, by the log, and those that are on record. Each must be there once. */
const actsIn = (log: readonly string[]): { calls: string[]; acts: string[] } => {
  const lines = log.map((line) => JSON.parse(line));
  if (!lines.some(({ msg }) => msg === 'call')) return { calls: [], acts: [] };
  const names = (some: { requestId: string; procedure: string }[]) =>
    some
      .filter(({ procedure }) => isMutation(procedure))
      .map(({ requestId, procedure }) => `${requestId} ${procedure}`)
      .sort();
  const records = lines.flatMap(({ audit }) => (audit?.kind === 'act' ? [{ ...audit, procedure: audit.action }] : []));
  return { calls: names(lines.filter(({ msg }) => msg === 'call')), acts: names(records) };
};

/** Resolves when the server has tried to get what it needs, with or without success. */
const settled = async (url: string): Promise<void> => {
  for (let rounds = 0; rounds < 500; rounds += 1) {
    const { checks } = (await (await fetch(`${url}/readyz`)).json()) as ReadinessReport;
    if (checks['token']?.status !== 'unknown' && checks['keys']?.status !== 'unknown') return;
    await setTimeout(10);
  }
};

/** A token of a caller with these permissions. */
export const tokenFrom = async (
  sandbox: Sandbox,
  scopes: readonly string[],
  { clientId, clientSecret }: MachineApplication = caller,
): Promise<string> => {
  const response = await fetch(`${sandbox.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, scope: scopes.join(' ') }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
};

/** What a test may ask for. */
export interface WorldOptions {
  readonly sandbox?: SandboxOptions;
  readonly environment?: Record<string, string>;
  /** Sets a scene before the server starts. */
  readonly before?: (sandbox: Sandbox) => void;
  /** A real Logto instead of the sandbox. */
  readonly upstream?: Upstream;
  /** Its callers send anything as anything, also as a password. Default false. */
  readonly isHostile?: boolean;
}

/** Starts a world. Close it with `await using`, or by hand. */
export const startWorld = async (options: WorldOptions = {}): Promise<World> => {
  const sandbox = await startSandbox({
    port: 0,
    users: 30,
    announce: () => {},
    resources: [{ indicator: AUDIENCE, scopes: permissions }],
    applications: [caller, FRONTEND],
    ...options.sandbox,
  });
  options.before?.(sandbox);
  const upstream: Upstream = options.upstream ?? {
    endpoint: sandbox.endpoint,
    appId: managementApplication.clientId,
    appSecret: managementApplication.clientSecret,
    resource: MANAGEMENT_API,
    connectors: { social: SOCIAL_CONNECTOR_ID, email: 'sandbox-email' },
  };
  const config: Config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'trace',
    // A Logto to test against may well be reached by http.
    ALLOW_INSECURE_HTTP: 'true',
    // A machine that runs tests may stand still for a moment.
    MAX_EVENT_LOOP_DELAY_MS: '10000',
    LOGTO_ENDPOINT: upstream.endpoint,
    LOGTO_APP_ID: upstream.appId,
    LOGTO_APP_SECRET: upstream.appSecret,
    LOGTO_RESOURCE: upstream.resource,
    AUTH_ISSUER: sandbox.issuer,
    AUTH_AUDIENCE: AUDIENCE,
    ...UNLIMITED,
    ...options.environment,
  });
  const log: string[] = [];
  const replica = () => serve(config, createLog(config.logLevel, { write: (line: string) => void log.push(line) }));
  const server = await replica();
  await settled(server.url);
  const replicas: RunningServer[] = [];
  const { getToken } = createTokenCache({
    issuer: `${upstream.endpoint}/oidc`,
    clientId: upstream.appId,
    clientAuthentication: { method: 'client_secret_basic', clientSecret: upstream.appSecret },
    resource: upstream.resource,
    scope: 'all',
    allowInsecureHttp: config.allowInsecureHttp,
  });

  return {
    upstream,
    sandbox,
    server,
    url: `${server.url}/trpc`,
    get log() {
      for (const each of [server, ...replicas]) each.catchUp();
      return log;
    },
    replica: async () => {
      const another = await replica();
      replicas.push(another);
      return another;
    },
    token: (...scopes) => tokenFrom(sandbox, scopes),
    client: (...scopes) => {
      const asked = scopes.length > 0 ? scopes : permissions;
      let token: Promise<string> | undefined;
      const getAccessToken = () => {
        token ??= tokenFrom(sandbox, asked);
        return token;
      };
      return createUsersClient({ url: `${server.url}/trpc`, getAccessToken });
    },
    setUp: async (method, path, body) => {
      const response = await fetch(`${upstream.endpoint}/api${path}`, {
        method,
        headers: { authorization: `Bearer ${await getToken()}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
      return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([server, ...replicas].map((each) => each.stop()));
      await sandbox.close();
      // Of every test: nothing that was secret has been written down.
      const leaks = leaksIn(log.join('\n') + errorAnswers(), sandbox, !options.isHostile);
      if (leaks.length > 0) throw new Error(`the log or an error holds ${leaks.join(', ')}`);
      const { calls, acts } = actsIn(log);
      if (calls.join() !== acts.join()) throw new Error(`on record: ${acts.join()}, done: ${calls.join()}`);
    },
  };
};
