import {
  createTrpcPanel,
  type Handler,
  type Notice,
  type ProcedureFacts,
  type TrpcPanelOptions,
} from '@users-bff/trpc-panel';
import { permissions } from '../authorization/permissions.js';
import type { Config } from '../config/config.js';
import { appRouter } from '../router/index.js';
import type { Meta } from '../trpc.js';
import { knownErrors } from './known-errors.js';

const ENVIRONMENTS = { production: 'Production', development: 'Development', test: 'Test' } as const;

/** Which server this is: nobody shall take one for another. */
const noticeOf = ({ environment, logtoEndpoint, panel }: Config): Notice => ({
  text: `${panel.notice ?? ENVIRONMENTS[environment]} · ${new URL(logtoEndpoint).host}`,
  tone: environment === 'production' ? 'danger' : 'sandbox',
});

const describe = ({ path, meta }: ProcedureFacts): ReturnType<NonNullable<TrpcPanelOptions['describe']>> => {
  const { operation, permission, fieldPermissions } = (meta ?? {}) as Meta;
  if (!operation) return { summary: path === 'session.whoami' ? 'Tells who calls, and what they may do.' : undefined };
  return {
    summary: operation.summary,
    description: `${operation.method} ${operation.path}`,
    permission,
    fieldPermissions,
    isDestructive: operation.method === 'DELETE' || operation.method === 'PUT',
    output: operation.output,
  };
};

/** Users have roles, factors and tokens, each named by another key. */
const links = {
  'users.mfaVerifications.list': [{ from: 'id', to: 'verificationId' }],
  'users.personalAccessTokens.list': [{ from: 'name', to: 'name', within: 'users.personalAccessTokens' }],
};

const TYPESCRIPT = `import { createUsersClient } from '@users-bff/trpc-client';

const client = createUsersClient({ url: '{url}', getAccessToken });`;

/**
 * The panel of this server's procedures.
 *
 * @param guard Who may see them.
 */
export const createUsersPanel = (config: Config, guard: Handler | undefined): Handler => {
  const [issuer] = config.issuers;
  const { clientId } = config.panel;
  const [audience] = issuer?.audiences ?? [];
  return createTrpcPanel({
    router: appRouter,
    // Relative to the panel, wherever a proxy puts both.
    url: '../trpc',
    title: 'Logto Users BFF',
    notice: noticeOf(config),
    queriesBy: 'POST',
    identity: { procedure: 'session.whoami' },
    describe,
    links,
    errors: { from: 'Logto', codeAt: ['logto', 'code'], known: knownErrors },
    client: { typescript: TYPESCRIPT },
    ...(guard && { guard }),
    ...(issuer &&
      clientId !== undefined && {
        signIn: {
          issuer: issuer.issuer,
          clientId,
          ...(audience !== undefined && { resource: audience }),
          scopes: permissions,
        },
      }),
  });
};
