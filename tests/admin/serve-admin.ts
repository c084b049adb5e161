import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AUDIENCE, type World } from '../world.js';

const dist = fileURLToPath(new URL('../../examples/admin/dist', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

/** The admin frontend behind a reverse proxy, as one would serve it. */
export interface ServedAdmin {
  readonly url: string;
  /** The BFF is away: its connections break. */
  isAway: boolean;
  close(): Promise<void>;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

export const serveAdmin = async (world: World): Promise<ServedAdmin> => {
  const admin = { url: '', isAway: false };
  const settings = { issuer: world.sandbox.issuer, clientId: 'frontend', audience: AUDIENCE };
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (admin.isAway) return void incoming.socket.destroy();
    const { method, headers, url } = incoming;
    const onward = request(`${world.server.url}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  };
  const server = createServer((incoming, outgoing) => {
    const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/';
    if (path.startsWith('/trpc/')) return pass(incoming, outgoing);
    if (path === '/config.json') return void outgoing.end(JSON.stringify(settings));
    const wanted = join(dist, normalize(path));
    const file = isFile(wanted) ? wanted : join(dist, 'index.html');
    outgoing.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    outgoing.end(readFileSync(file));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(admin, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
};
