import { createLog, permissions, readConfig, serve } from '@users-bff/bff';
import type { Permission } from '@users-bff/bff/client-types';
import { MANAGEMENT_API, managementApplication, startSandbox } from '@users-bff/logto-sandbox';
import { createUsersClient, type UsersClient } from '../client.js';

const AUDIENCE = 'https://users-bff.test';
const CALLER = { clientId: 'test-caller', clientSecret: 'test-caller-secret' };

/** A whole BFF for one test, in front of a sandbox of Logto in memory. */
export interface TestBff {
  /** URL of its tRPC endpoint. */
  readonly url: string;
  /** URL of the sandbox: issuer and Users API. */
  readonly sandboxUrl: string;
  /** An access token with these permissions; with all where none is named. */
  getAccessToken(...permissions: Permission[]): Promise<string>;
  /** A client of a caller with these permissions; with all where none is named. */
  client(...permissions: Permission[]): UsersClient;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts the sandbox and the BFF in this process, on free ports: `await using bff = await startTestBff()`. Needs
 * `@users-bff/bff` and `@users-bff/logto-sandbox`.
 *
 * @param options.users Invented users to begin with. Default 50.
 */
export const startTestBff = async ({ users = 50 }: { users?: number } = {}): Promise<TestBff> => {
  const sandbox = await startSandbox({
    port: 0,
    users,
    announce: () => {},
    resources: [{ indicator: AUDIENCE, scopes: permissions }],
    applications: [{ kind: 'machine', ...CALLER, grants: { [AUDIENCE]: permissions } }],
  });
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    LOGTO_ENDPOINT: sandbox.endpoint,
    LOGTO_APP_ID: managementApplication.clientId,
    LOGTO_APP_SECRET: managementApplication.clientSecret,
    LOGTO_RESOURCE: MANAGEMENT_API,
    AUTH_AUDIENCE: AUDIENCE,
  });
  const server = await serve(config, createLog('silent'));
  const url = `${server.url}/trpc`;
  const getAccessToken = async (...wanted: Permission[]): Promise<string> => {
    const scope = (wanted.length > 0 ? wanted : permissions).join(' ');
    const response = await fetch(`${sandbox.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${CALLER.clientId}:${CALLER.clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, scope }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  return {
    url,
    sandboxUrl: sandbox.endpoint,
    getAccessToken,
    client: (...wanted) => createUsersClient({ url, getAccessToken: () => getAccessToken(...wanted) }),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await sandbox.close();
    },
  };
};
