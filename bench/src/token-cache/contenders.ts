import { createManagementApi } from '@logto/api/management';
import { createTokenCache } from '@users-bff/token-cache';
import { createRedisStore } from '@users-bff/token-cache/redis';

/** Where tokens come from, and where they are shared. */
export interface Scene {
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly resource: string;
  readonly redisUrl: string;
  readonly encryptionKey: string;
  readonly prefix: string;
}

/** Something that has a token for everyone who asks. */
export interface Contender {
  getToken(): Promise<string>;
  /** The moments of its renewals, in milliseconds of `performance.now()`. */
  readonly renewals: readonly number[];
  close(): Promise<void>;
}

const createOurs = async (scene: Scene, isShared: boolean): Promise<Contender> => {
  const { endpoint, clientId, clientSecret, resource, redisUrl: url, encryptionKey, prefix } = scene;
  const store = isShared ? createRedisStore({ url, encryptionKeys: [encryptionKey], prefix }) : undefined;
  // What is measured is the cache, not how long a connection takes to open.
  await store?.read('warm-up');
  const renewals: number[] = [];
  const cache = createTokenCache({
    issuer: `${endpoint}/oidc`,
    tokenEndpoint: `${endpoint}/oidc/token`,
    clientId,
    clientAuthentication: { method: 'client_secret_post', clientSecret },
    resource,
    scope: 'all',
    ...(store && { store }),
    onEvent: ({ type }) => {
      if (type === 'refresh' || type === 'shared_hit') renewals.push(performance.now());
    },
  });
  return {
    getToken: cache.getToken,
    renewals,
    close: async () => {
      await cache.close();
      await store?.close();
    },
  };
};

const createLogtoApi = async ({ endpoint, clientId, clientSecret, resource }: Scene): Promise<Contender> => {
  const { clientCredentials } = createManagementApi('default', {
    clientId,
    clientSecret,
    baseUrl: endpoint,
    apiIndicator: resource,
  });
  return {
    getToken: async () => (await clientCredentials.getAccessToken()).value,
    renewals: [],
    close: async () => {},
  };
};

/** By the names under which the results are printed. */
export const contenders = {
  'token-cache': (scene: Scene) => createOurs(scene, false),
  'token-cache with Redis': (scene: Scene) => createOurs(scene, true),
  '@logto/api': createLogtoApi,
} satisfies Record<string, (scene: Scene) => Promise<Contender>>;

export type ContenderName = keyof typeof contenders;
