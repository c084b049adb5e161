import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../scene.js';
import { freePort, type RedisServer, startRedis } from './redis-server.js';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Something made of servers. */
export interface Topology {
  readonly url: string;
  close(): Promise<void>;
}

/** Three masters that share the slots. */
export const startCluster = async (): Promise<Topology> => {
  const nodes = await Promise.all(
    [0, 1, 2].map(() => startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'] })),
  );
  const [first, ...others] = nodes as [RedisServer, ...RedisServer[]];
  const share = Math.ceil(16_384 / nodes.length);
  await Promise.all(
    nodes.map(({ client }, index) =>
      client.call('CLUSTER', 'ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, 16_384) - 1),
    ),
  );
  for (const { port } of others) await first.client.call('CLUSTER', 'MEET', '127.0.0.1', port);
  await eventually(async () => {
    for (const { client } of nodes) {
      const info = String(await client.call('CLUSTER', 'INFO'));
      if (!info.includes('cluster_state:ok') || !info.includes('cluster_known_nodes:3')) throw new Error('not yet');
    }
  });
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    close: async () => void (await Promise.all(nodes.map((node) => node.close()))),
  };
};

/** A master, its replica, and a sentinel that watches them. */
export interface SentinelTopology extends Topology {
  readonly master: RedisServer;
  readonly replica: RedisServer;
}

export const startSentinel = async (): Promise<SentinelTopology> => {
  const master = await startRedis();
  const replica = await startRedis({
    args: ['--replicaof', `127.0.0.1 ${master.port}`, '--repl-diskless-sync-delay', '0'],
  });
  await eventually(async () => {
    if (!String(await replica.client.info('replication')).includes('master_link_status:up')) throw new Error('not yet');
  });
  const directory = await mkdtemp(join(tmpdir(), 'sentinel-'));
  const configuration = join(directory, 'sentinel.conf');
  await writeFile(
    configuration,
    [
      `sentinel monitor users 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds users 1000',
      'sentinel failover-timeout users 3000',
    ].join('\n'),
  );
  const sentinel = await startRedis({ file: configuration, args: ['--sentinel'] });
  await eventually(async () => {
    if (!String(await sentinel.client.info('sentinel')).includes('slaves=1')) throw new Error('not yet');
  });
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/users`,
    master,
    replica,
    async close() {
      await Promise.all([sentinel.close(), replica.close(), master.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** A server that speaks TLS alone, with a certificate of its own. */
export const startTls = async (): Promise<Topology & { ca: string }> => {
  const directory = await mkdtemp(join(tmpdir(), 'redis-tls-'));
  const key = join(directory, 'key.pem');
  const certificate = join(directory, 'certificate.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const ca = await readFile(certificate, 'utf8');
  const port = await freePort();
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
  const server = await startRedis({
    port,
    // The last `--port` counts.
    args: ['--port', '0', '--tls-port', `${port}`, '--tls-auth-clients', 'no', ...files],
    connection: { tls: { ca } },
  });
  return {
    url: `rediss://localhost:${port}`,
    ca,
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
