import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../packages/token-cache/test/redis/redis-server.js';

const CONFIGURATION = fileURLToPath(new URL('../deploy/nginx/users-bff.conf', import.meta.url));

/** What stands in front of replicas. */
export interface Balancer {
  readonly url: string;
  /** Sends nothing to one of them from now on, as an operator does before he stops it; to all without a name. */
  leaveOut(port?: number): Promise<void>;
  close(): Promise<void>;
}

export const hasNginx = spawnSync('nginx', ['-v']).status === 0;

/** nginx with the configuration that is shipped; addresses alone are the test's. */
export const startNginx = async (ports: readonly number[]): Promise<Balancer> => {
  const servers = (leftOut?: number): string =>
    ports.map((each) => `server 127.0.0.1:${each} max_fails=0${each === leftOut ? ' down' : ''};`).join('\n');
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const shipped = await readFile(CONFIGURATION, 'utf8');
  const configuration = (leftOut?: number): string =>
    shipped
      .replace(/server bff-1:3000 max_fails=0;\s*server bff-2:3000 max_fails=0;/, servers(leftOut))
      .replace(/listen 8080;/, `listen 127.0.0.1:${port};`);
  const file = join(folder, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${folder};`);
  const write = (leftOut?: number): Promise<void> =>
    writeFile(
      file,
      `daemon off; pid ${folder}/pid; error_log stderr warn; events {} http { ${paths.join(' ')}
${configuration(leftOut)}
}`,
    );
  await write();
  const child: ChildProcess = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', file], { stdio: 'inherit' });
  const exit = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) break;
    if (child.exitCode !== null) throw new Error('nginx does not take the configuration');
    await setTimeout(20);
  }
  return {
    url,
    async leaveOut(leftOut) {
      await write(leftOut);
      child.kill('SIGHUP');
      await setTimeout(500);
    },
    async close() {
      child.kill('SIGTERM');
      await exit;
      await rm(folder, { recursive: true });
    },
  };
};

/** A balancer that asks `/readyz`, as those of Kubernetes and of clouds do. */
export const startProbing = async (ports: readonly number[]): Promise<Balancer> => {
  const agent = new Agent({ keepAlive: true });
  const ready = new Set<number>();
  const probe = setInterval(() => {
    for (const port of ports) {
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => (ok ? ready.add(port) : ready.delete(port)),
        () => ready.delete(port),
      );
    }
  }, 100);
  let turn = 0;
  const server = createServer((asked, answer) => {
    const places = [...ready];
    turn += 1;
    const port = places[turn % places.length];
    if (port === undefined) return void answer.writeHead(502).end();
    const { method, url: path, headers } = asked;
    const passed = request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      const { connection: _hop, 'keep-alive': _time, 'transfer-encoding': _form, ...others } = response.headers;
      answer.writeHead(response.statusCode ?? 502, others);
      response.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  while (ready.size < ports.length) await setTimeout(20);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    // It sees for itself.
    async leaveOut() {},
    async close() {
      clearInterval(probe);
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
