import {
  type Application,
  MANAGEMENT_API,
  managementApplication,
  type Sandbox,
  SEED_PASSWORD,
  startSandbox,
} from '@users-bff/logto-sandbox';
import { permissions } from './authorization/permissions.js';
import { ConfigError, readConfig } from './config/config.js';
import { createLog } from './log.js';
import { type RunningServer, serve } from './serve.js';

const AUDIENCE = 'https://users-bff.example';
const DEFAULT_SANDBOX_PORT = 3001;

/** The BFF's callers in the sandbox. Their secrets are known to the world. */
const applications: Application[] = [
  { kind: 'machine', clientId: 'demo-admin', clientSecret: 'demo-admin-secret', grants: { [AUDIENCE]: permissions } },
  {
    kind: 'machine',
    clientId: 'demo-reader',
    clientSecret: 'demo-reader-secret',
    grants: { [AUDIENCE]: ['users:read'] },
  },
  // For a frontend: authorization code with PKCE. The loopback address matches with any port.
  {
    kind: 'public',
    clientId: 'demo-frontend',
    redirectUris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
  },
  { kind: 'public', clientId: 'demo-panel', redirectUris: ['http://127.0.0.1/panel/', 'http://localhost/panel/'] },
];

const sandboxEnvironment = ({ endpoint }: Sandbox): Record<string, string> => ({
  LOGTO_ENDPOINT: endpoint,
  LOGTO_APP_ID: managementApplication.clientId,
  LOGTO_APP_SECRET: managementApplication.clientSecret,
  LOGTO_RESOURCE: MANAGEMENT_API,
  AUTH_ISSUER: `${endpoint}/oidc`,
  AUTH_AUDIENCE: AUDIENCE,
  PANEL_CLIENT_ID: 'demo-panel',
  PANEL_NOTICE: 'Sandbox: invented users, in memory',
});

const sandboxPort = (): number => Number(process.env['SANDBOX_PORT'] || DEFAULT_SANDBOX_PORT);

const token = (endpoint: string, name: string, client: string) =>
  `${name}=$(curl -s ${endpoint}/oidc/token -u ${client}:${client}-secret -d grant_type=client_credentials -d resource=${AUDIENCE} --data-urlencode 'scope=${permissions.join(' ')}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;

const nextSteps = (url: string, endpoint: string, user: string): string => `
Logto Users BFF at ${url}, in front of an embedded SANDBOX of Logto at ${endpoint}
(invented users, in memory, with public secrets; every user's password is ${SEED_PASSWORD}).

What to open: ${url}/panel/ to explore and call every procedure. Sign in there as admin, support or reader.

What to type next, in another terminal:

  # a token that may do everything
  ${token(endpoint, 'TOKEN', 'demo-admin')}

  # list users
  curl -s -H "Authorization: Bearer $TOKEN" '${url}/trpc/users.list?input=%7B%22pageSize%22%3A3%7D'

  # suspend one, and see it suspended
  curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ${url}/trpc/users.suspension.update -d '{"userId":"${user}","isSuspended":true}'
  curl -s -H "Authorization: Bearer $TOKEN" '${url}/trpc/users.get?input=%7B%22userId%22%3A%22${user}%22%7D'

  # be refused with a token that may only read
  ${token(endpoint, 'READER', 'demo-reader')}
  curl -s -H "Authorization: Bearer $READER" -H 'Content-Type: application/json' ${url}/trpc/users.suspension.update -d '{"userId":"${user}","isSuspended":false}'

Press Ctrl-C to stop all of it.
`;

/** The sandbox takes the place of whatever Logto the environment may name. */
const serveWith = async (sandbox: Sandbox): Promise<RunningServer> => {
  const config = readConfig({ LOG_LEVEL: 'warn', ...process.env, ...sandboxEnvironment(sandbox) });
  return serve(config, createLog(config.logLevel));
};

const start = async (): Promise<void> => {
  if (process.env['NODE_ENV'] === 'production') {
    throw new ConfigError([
      'NODE_ENV is production, where the sandbox never starts: run dist/main.js instead of the development start',
    ]);
  }

  const resources = [{ indicator: AUDIENCE, scopes: permissions }];
  const sandbox = await startSandbox({ port: sandboxPort(), resources, applications });
  const server = await serveWith(sandbox).catch(async (error: unknown) => {
    await sandbox.close();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    await sandbox.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);

  const example = [...sandbox.store.users.values()].find(({ username }) => username === 'ada_amsel');
  console.log(nextSteps(server.url, sandbox.endpoint, example?.id ?? ''));
};

const isTaken = (error: unknown): error is { port: number } =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error;

start().catch((error: unknown) => {
  process.exitCode = 1;
  if (error instanceof ConfigError) console.error(error.problems.join('\n'));
  else if (isTaken(error))
    console.error(
      `Port ${error.port} is taken by another program: end it, or set PORT (the BFF's) or SANDBOX_PORT to a free one.`,
    );
  else throw error;
});
