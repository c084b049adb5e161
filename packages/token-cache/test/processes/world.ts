import { randomBytes } from 'node:crypto';
import { MANAGEMENT_API, managementApplication, type Sandbox, startSandbox } from '@users-bff/logto-sandbox';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createEncryptedStore, createMemoryStore, type TokenStore } from '../../src/index.js';
import { createRedisStore, type RedisStoreOptions } from '../../src/redis/index.js';
import { cacheKey } from '../../src/sharing/cache-key.js';
import { encodeState } from '../../src/sharing/shared-state.js';
import { type RedisServer, startRedis } from '../redis/redis-server.js';
import { newKey, optionsFor } from '../scene.js';
import { type Fleet, type Opening, startFleet } from './fleet.js';

export const PROCESSES = 8;

/** Eight processes, a Redis and a sandbox. */
export interface World {
  readonly fleet: Fleet;
  readonly redis: RedisServer;
  readonly sandbox: Sandbox;
  readonly redisOptions: RedisStoreOptions & { prefix: string };
  /** What every process needs to know. */
  opening(): Opening;
  /** Caches in all processes, with nothing in them. */
  open(options?: Partial<Opening>): Promise<void>;
  /** Puts a token into Redis of which so much of its life is over, and counts requests from here. */
  plant(options: { lifeSeconds: number; share: number }): Promise<string>;
  /** A store for the test itself. */
  store(): TokenStore;
  /** The name of the token in it. */
  key(): string;
  /** Puts in the token's place what was sealed by this key under this name. */
  seal(encryptionKey: string, name: string): Promise<unknown>;
}

/** A world for a file, with another sandbox and another prefix for each test. */
export const useWorld = (): World => {
  let fleet: Fleet;
  let redis: RedisServer;
  let sandbox: Sandbox;
  let redisOptions: World['redisOptions'];
  let stores: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    fleet = startFleet(PROCESSES);
  });
  afterAll(async () => {
    await fleet.close();
    await redis.close();
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ port: 0, users: 3, announce: () => {} });
    redisOptions = { url: redis.url, encryptionKeys: [newKey()], prefix: `${randomBytes(6).toString('hex')}:` };
  });
  afterEach(async () => {
    fleet.replaceDead();
    await Promise.all(fleet.workers.map((worker) => worker.close()));
    await Promise.all(stores.map((store) => store.close()));
    stores = [];
    await sandbox.close();
  });

  const world: World = {
    get fleet() {
      return fleet;
    },
    get redis() {
      return redis;
    },
    get sandbox() {
      return sandbox;
    },
    get redisOptions() {
      return redisOptions;
    },
    opening: () => ({ cacheOptions: optionsFor(sandbox), redisOptions, endpoint: sandbox.endpoint }),
    open: (options = {}) => fleet.open({ ...world.opening(), ...options }),
    async plant({ lifeSeconds, share }) {
      sandbox.accessTokenTtlSeconds = lifeSeconds;
      const { clientId, clientSecret } = managementApplication;
      const response = await fetch(`${sandbox.issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: MANAGEMENT_API, scope: 'all' }),
      });
      const { access_token: accessToken } = (await response.json()) as { access_token: string };
      const lifeMs = lifeSeconds * 1_000;
      const { value, ttlMs } = encodeState({
        token: { accessToken, lifeMs, ageMs: lifeMs * share, isReplacement: false },
      });
      await world.store().write(world.key(), value, ttlMs);
      sandbox.forgetRequests();
      return accessToken;
    },
    key: () => cacheKey(optionsFor(sandbox)),
    async seal(encryptionKey, name) {
      const elsewhere = createMemoryStore();
      await createEncryptedStore(elsewhere, [encryptionKey]).write(name, '{}', 1_000);
      const { value = '' } = (await elsewhere.read(name)) ?? {};
      return redis.client.set(redisOptions.prefix + world.key(), value, 'EX', 100);
    },
    store() {
      const store = createRedisStore(redisOptions);
      stores.push(store);
      return store;
    },
  };
  return world;
};
