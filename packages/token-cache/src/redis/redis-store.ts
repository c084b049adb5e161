import { once } from 'node:events';
import type { ConnectionOptions } from 'node:tls';
import { TokenStoreError } from '../errors.js';
import { createEncryptedStore } from '../sharing/encrypted-store.js';
import type { TokenStore } from '../sharing/store.js';
import { connect } from './connect.js';
import { parseRedisUrl } from './connection-string.js';

/** How to reach a Redis. */
export interface RedisStoreOptions {
  /**
   * `redis://[user:password@]host[:port][/database]`, `redis+cluster://host[:port],...` or
   * `redis+sentinel://host[:port],.../master[/database][?sentinelPassword=...]`; over TLS by `rediss` in place of `redis`.
   */
  url: string;
  /** 32 bytes each, in base64. The first one seals, all of them open. */
  encryptionKeys: readonly string[];
  /** Begins every key, as for a user who may see no other ones. Default `token-cache:`. */
  prefix?: string;
  /** For TLS, such as `{ ca }`. Default: Node's own. */
  tls?: ConnectionOptions;
}

/** A store in Redis, with the connection to it. */
export interface RedisStore extends TokenStore {
  /** Ends the connection. */
  close(): Promise<void>;
}

/** ioredis' errors hold the command with its arguments: only what kind of error it was may go on. */
const toStoreError = (error: unknown): TokenStoreError => {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const [reply] = /^[A-Z]{2,20}(?= )/.exec(String(message)) ?? [];
  const kind = typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : reply;
  return new TokenStoreError('unavailable', kind ? `Redis failed: ${kind}` : 'Redis cannot be reached');
};

/**
 * Makes a store in Redis, sealed by AES-256-GCM, and begins to connect. The user needs `GET`, `SET`, `DEL`, `PTTL`,
 * `PEXPIRE`, `EVAL` and `EVALSHA` on the keys with the prefix.
 *
 * @throws TypeError for a URL or an encryption key that is none.
 */
export const createRedisStore = (options: RedisStoreOptions): RedisStore => {
  const { url, prefix = 'token-cache:', encryptionKeys, tls } = options;

  /** Waits for the first connection, and for no other. */
  const run = async <T>(command: () => Promise<T>): Promise<T> => {
    try {
      if (client.status !== 'ready') await firstReady;
      return await command();
    } catch (error) {
      throw toStoreError(client.status === 'ready' ? error : (lastError ?? error));
    }
  };

  const plain: TokenStore = {
    read: (key) =>
      run(async () => {
        const found = await client.tokenCacheRead(prefix + key);
        return found ? { value: found[0], remainingMs: found[1] } : undefined;
      }),
    write: (key, value, ttlMs) => run(async () => void (await client.set(prefix + key, value, 'PX', Math.ceil(ttlMs)))),
    lock: (key, owner, ttlMs) =>
      run(async () => (await client.tokenCacheLock(prefix + key, owner, Math.ceil(ttlMs))) === 1),
    unlock: (key, owner) => run(async () => void (await client.tokenCacheUnlock(prefix + key, owner))),
  };

  const sealed = createEncryptedStore(plain, encryptionKeys);
  const client = connect(parseRedisUrl(url), tls);
  let lastError: unknown;
  client.on('error', (error: unknown) => {
    lastError = error;
  });
  const firstReady = once(client, 'ready').catch(() => {});

  return {
    ...sealed,
    close: async () => client.disconnect(),
  };
};
