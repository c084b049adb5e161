import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import Provider, {
  type AdapterFactory,
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Application } from '../options.js';
import type { Store } from '../store.js';

/** What the issuer needs to know. */
export interface IssuerOptions {
  readonly issuer: string;
  readonly applications: readonly Application[];
  /** Scopes by resource indicator. */
  readonly resources: ReadonlyMap<string, readonly string[]>;
  readonly store: Store;
  readonly keys: readonly JWK[];
  readonly adapter: AdapterFactory;
  readonly accessTokenTtlSeconds: () => number;
}

const toClient = (application: Application): ClientMetadata =>
  application.kind === 'machine'
    ? {
        client_id: application.clientId,
        client_secret: application.clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: application.authMethod ?? 'client_secret_basic',
        ...(application.publicKeys && { jwks: { keys: [...application.publicKeys] as never } }),
      }
    : {
        client_id: application.clientId,
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [...application.redirectUris],
        token_endpoint_auth_method: 'none',
      };

/** People sign in and are not asked for consent, as with an application of the company's own. */
const signInOnly = () => {
  const policy = interactionPolicy.base();
  policy.get('consent')?.checks.remove('native_client_prompt');
  return policy;
};

const UNKNOWN_RESOURCE = 'resource indicator is missing, or unknown';

/** The scopes of a resource that a user's roles bring. */
const userScopes = (store: Store, userId: string | undefined, resource: string): string[] => {
  const roleIds = store.users.get(userId ?? '')?.roleIds ?? [];
  return roleIds.flatMap((id) => store.roles.get(id)?.permissions[resource] ?? []);
};

/**
 * A real OpenID provider with Logto's ways: client credentials and authorization code with PKCE, resource indicators
 * (RFC 8707), access tokens as JWTs (RFC 9068) signed with ES384, and scopes that are not granted dropped in silence.
 */
export const createProvider = (options: IssuerOptions): Provider => {
  const { applications, resources, store } = options;
  const machines = new Map(
    applications.flatMap((application) =>
      application.kind === 'machine' ? [[application.clientId, application]] : [],
    ),
  );

  const configuration: Configuration = {
    adapter: options.adapter,
    clients: applications.map(toClient),
    jwks: { keys: [...options.keys] } as NonNullable<Configuration['jwks']>,
    enabledJWA: { idTokenSigningAlgValues: ['ES384'] },
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: { openid: ['sub'], profile: ['name', 'username', 'picture'], email: ['email'] },
    clientBasedCORS: () => true,
    pkce: { required: () => true },
    ttl: {
      AccessToken: options.accessTokenTtlSeconds,
      ClientCredentials: options.accessTokenTtlSeconds,
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: 600,
      Grant: 86_400,
      Session: 86_400,
      RefreshToken: 86_400,
    },
    interactions: { policy: signInOnly(), url: (_context, interaction) => `/sandbox/sign-in/${interaction.uid}` },
    findAccount: (_context, sub) => {
      const user = store.users.get(sub);
      if (!user || user.isSuspended) return undefined;
      const { name, username, avatar, primaryEmail } = user;
      return { accountId: sub, claims: () => ({ sub, name, username, picture: avatar, email: primaryEmail }) };
    },
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, params, provider } = oidc;
      const accountId = session?.accountId;
      if (!client || !accountId) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId });
      const requested = String(params?.['scope'] ?? '').split(' ');
      grant.addOIDCScope(requested.join(' '));
      for (const resource of resources.keys()) {
        const granted = userScopes(store, accountId, resource);
        grant.addResourceScope(resource, granted.join(' '));
        // Logto drops what is not granted without a word; unrejected, it would be asked of the user.
        grant.rejectResourceScope(resource, requested.filter((scope) => !granted.includes(scope)).join(' '));
      }
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: ({ oidc }, _client, oneOf) => {
          if (oidc.params?.['grant_type'] === 'client_credentials') throw new errors.InvalidTarget(UNKNOWN_RESOURCE);
          return oneOf as unknown as string;
        },
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource, client) => {
          const scopes = resources.get(resource);
          if (!scopes) throw new errors.InvalidTarget(UNKNOWN_RESOURCE);
          const machine = machines.get(client.clientId);
          return {
            scope: (machine ? (machine.grants[resource] ?? []) : scopes).join(' '),
            audience: resource,
            accessTokenTTL: options.accessTokenTtlSeconds(),
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES384' } },
          };
        },
      },
    },
  };

  const provider = new Provider(options.issuer, configuration);

  provider.use(async (context, next) => {
    await next();
    if (context.status === 404 && !context.body) {
      // Said once more, because Koa takes a body for a success.
      context.status = 404;
      context.body = { error: 'invalid_request', error_description: 'unrecognized route or not allowed method' };
    }
    const answer = context.body as { error?: string; error_description?: string } | undefined;
    if (!answer?.error) return;
    // An unknown client is a bad request to Logto, a wrong secret is not.
    if (answer.error === 'invalid_client' && !(context as Partial<KoaContextWithOIDC>).oidc?.client) {
      context.status = 400;
      context.remove('www-authenticate');
    }
    context.body = { code: `oidc.${answer.error}`, message: answer.error_description ?? answer.error, ...answer };
  });
  return provider;
};
