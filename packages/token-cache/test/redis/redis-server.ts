import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { describe } from 'vitest';
import { eventually } from '../scene.js';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;

if (!isInstalled && process.env['REQUIRE_REDIS']) {
  throw new Error('redis-server is not installed, and REQUIRE_REDIS says that nothing may be skipped for want of it');
}

/** Why tests are skipped, if they are. */
export const skipReason = isInstalled
  ? undefined
  : 'redis-server is not installed: what is shared between processes is not tested (REQUIRE_REDIS=1 makes this a failure)';

/** For what needs a redis-server on the PATH. */
export const describeWithRedis: typeof describe.skip = describe.skipIf(!isInstalled);

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** A Redis of the test's own. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** A connection for the test itself. */
  readonly client: Redis;
  /** Stops it in its tracks, so that it neither answers nor refuses. */
  freeze(): void;
  thaw(): void;
  /** Ends it at once; what it held is lost. */
  kill(): Promise<void>;
  /** Starts it again, empty, at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface RedisServerOptions {
  /** Further lines of its configuration, as arguments. */
  readonly args?: readonly string[];
  /** How the test itself connects. */
  readonly connection?: RedisOptions;
  readonly port?: number;
  /** A configuration file of its own, as a sentinel has. */
  readonly file?: string;
}

/** Starts a redis-server that keeps nothing on disk. */
export const startRedis = async (options: RedisServerOptions = {}): Promise<RedisServer> => {
  const port = options.port ?? (await freePort());
  const directory = await mkdtemp(join(tmpdir(), 'redis-'));
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory];
  const args = options.file ? [options.file, ...place] : [...place, '--save', ''];
  args.push(...(options.args ?? []));
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: () => 20,
    ...options.connection,
  });
  client.on('error', () => {});
  let child: ChildProcess;

  const start = async (): Promise<void> => {
    child = spawn('redis-server', args, { stdio: 'ignore' });
    if (client.status === 'wait') await client.connect().catch(() => {});
    await eventually(() => client.ping());
  };
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  await start();

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    client,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    restart: start,
    async close() {
      client.disconnect();
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
