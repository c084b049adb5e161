import type { ConnectionOptions } from 'node:tls';
import { Cluster, type CommonRedisOptions, Redis } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from './connection-string.js';
import { type ScriptCommands, scripts } from './scripts.js';

const FIRST_RECONNECT_MS = 100;
const LONGEST_RECONNECT_MS = 5_000;

/** Drawn, so that replicas do not come back all at once. */
const reconnectAfter = (times: number): number =>
  Math.min(FIRST_RECONNECT_MS * 2 ** Math.min(times, 10), LONGEST_RECONNECT_MS) * (0.5 + Math.random() / 2);

/**
 * Fails at once while there is no connection, and never sends a command twice: ioredis' own settings would keep
 * callers waiting for as long as Redis is away.
 */
const commonOptions: CommonRedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 1_000,
  // A connection that has gone without a word is given up, and made anew.
  socketTimeout: 5_000,
};

/** Connects, and keeps connecting; what goes wrong with the connection shows in the commands alone. */
export const connect = (
  address: RedisAddress,
  tls: ConnectionOptions | undefined,
  more: CommonRedisOptions = {},
): (Redis | Cluster) & ScriptCommands => {
  const { kind, nodes, isEncrypted, username, password, database, masterName } = address;
  const encryption = isEncrypted ? { tls: tls ?? {} } : {};
  const credentials = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
  const options = { ...commonOptions, ...more, ...encryption, ...credentials, scripts, retryStrategy: reconnectAfter };

  const create = (): Redis | Cluster => {
    if (kind === 'cluster') {
      const { enableOfflineQueue: _, retryStrategy: _retryStrategy, scripts: _scripts, ...redisOptions } = options;
      return new Cluster([...nodes], {
        redisOptions,
        scripts,
        enableOfflineQueue: false,
        clusterRetryStrategy: reconnectAfter,
        slotsRefreshTimeout: 1_000,
        // A certificate names hosts, not addresses.
        ...(isEncrypted && { dnsLookup: (host, done) => done(null, host) }),
      });
    }
    if (kind === 'sentinel') {
      const { sentinelUsername, sentinelPassword } = address;
      return new Redis({
        ...options,
        db: database,
        sentinels: [...nodes],
        name: masterName ?? '',
        sentinelRetryStrategy: reconnectAfter,
        ...(isEncrypted && { enableTLSForSentinelMode: true, sentinelTLS: tls ?? {} }),
        ...(sentinelUsername !== undefined && { sentinelUsername }),
        ...(sentinelPassword !== undefined && { sentinelPassword }),
      });
    }
    const [node] = nodes;
    return new Redis({ ...options, ...node, db: database });
  };

  const client = create() as (Redis | Cluster) & ScriptCommands;
  // Unheard, ioredis would print it.
  client.on('error', () => {});
  return client;
};

/** How to connect for purposes of one's own. */
export interface RedisClientOptions {
  /** As for a store. */
  url: string;
  /** For TLS, such as `{ ca }`. Default: Node's own. */
  tls?: ConnectionOptions;
  /** Milliseconds that a command is given. */
  commandTimeoutMs: number;
}

/**
 * Makes an ioredis client that turns no outage of Redis into one of its own: commands fail at once while there is no
 * connection, in time while there is no answer, and are sent once. Its errors hold the arguments of the command: they
 * are for nobody's log.
 *
 * @throws TypeError for a URL that is none.
 */
export const createRedisClient = ({ url, tls, commandTimeoutMs }: RedisClientOptions): Redis | Cluster =>
  connect(parseRedisUrl(url), tls, { commandTimeout: commandTimeoutMs });
