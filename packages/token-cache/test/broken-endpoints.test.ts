import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { createTokenCache, TokenError } from '../src/index.js';
import { failure } from './scene.js';

/** What a token endpoint does once it has read a request. */
type Fault = (socket: Socket) => void;

let server: Server;
let sockets: Set<Socket>;
let requests: number;

const start = async (fault: Fault): Promise<string> => {
  sockets = new Set();
  requests = 0;
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.once('data', () => {
      requests += 1;
      fault(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
};

afterEach(async () => {
  // Whatever came, the connection is not kept open by us.
  for (let rounds = 0; rounds < 200 && sockets.size > 0; rounds += 1) await setTimeout(20);
  expect(sockets.size).toBe(0);
  server.close();
  await once(server, 'close');
});

const token = JSON.stringify({ access_token: 't', token_type: 'Bearer', expires_in: 3600 });

const answer = (body: string, ...headers: string[]): string =>
  ['HTTP/1.1 200 OK', 'content-type: application/json', 'connection: close', ...headers, '', body].join('\r\n');

const TIMEOUT_MS = 500;

const faults: [string, Fault, 'unreachable' | 'unreadable'][] = [
  ['resets', (socket) => socket.resetAndDestroy(), 'unreachable'],
  ['ends without a word', (socket) => socket.end(), 'unreachable'],
  ['hangs before the headers', () => {}, 'unreachable'],
  ['hangs in the body', (socket) => socket.write(answer('{"access_token"', 'content-length: 100')), 'unreachable'],
  [
    'drips a byte at a time',
    (socket) => {
      socket.write(answer('', 'content-length: 1000'));
      const drip = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(drip));
    },
    'unreachable',
  ],
  ['breaks off inside the body', (socket) => socket.end(answer('{"access', 'content-length: 100')), 'unreachable'],
  ['speaks no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'), 'unreachable'],
  [
    'never comes to an end',
    (socket) => {
      socket.write(answer('', 'transfer-encoding: chunked'));
      const piece = `10000\r\n${' '.repeat(0x10000)}\r\n`;
      const pour = (): void => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on('drain', pour);
      pour();
    },
    'unreadable',
  ],
  ['answers bytes', (socket) => socket.end(answer('\u0001\u0002')), 'unreadable'],
  [
    'answers with a page',
    (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<h1>Hello</h1>'),
    'unreadable',
  ],
];

it.each(faults)('a token endpoint that %s is a typed failure, in time', async (_, fault, reason) => {
  const tokenEndpoint = await start(fault);
  const cache = createTokenCache({
    issuer: 'http://127.0.0.1:9',
    tokenEndpoint,
    clientId: 'client',
    clientAuthentication: { method: 'client_secret_basic', clientSecret: 'needle' },
    timeoutMs: TIMEOUT_MS,
  });
  const { heapUsed } = process.memoryUsage();
  const startedAt = performance.now();
  const error = await failure(cache.getToken());
  // The machine's own delays aside.
  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 2_000);
  expect(error).toBeInstanceOf(TokenError);
  expect(error).toMatchObject({ reason });
  expect(String(error)).not.toContain('needle');
  expect(requests).toBe(1);
  expect(process.memoryUsage().heapUsed - heapUsed).toBeLessThan(64 * 1024 * 1024);
  await cache.close();
});

it('a token endpoint that is whole again gives a token', async () => {
  const tokenEndpoint = await start((socket) => socket.end(answer(token)));
  const cache = createTokenCache({
    issuer: 'http://127.0.0.1:9',
    tokenEndpoint,
    clientId: 'client',
    clientAuthentication: { method: 'client_secret_basic', clientSecret: 'needle' },
  });
  expect(await cache.getToken()).toBe('t');
  await cache.close();
});

it.each([
  ['a name that does not resolve', 'https://logto.invalid/token'],
  ['a certificate of nobody, or no TLS at all', 'https://127.0.0.1:PORT/token'],
])('%s is a typed failure', async (_, url) => {
  const plain = new URL(await start((socket) => socket.end(answer(token))));
  const cache = createTokenCache({
    issuer: 'http://127.0.0.1:9',
    tokenEndpoint: url.replace('PORT', plain.port),
    clientId: 'client',
    clientAuthentication: { method: 'client_secret_basic', clientSecret: 'needle' },
    timeoutMs: TIMEOUT_MS,
  });
  expect(await failure(cache.getToken())).toMatchObject({ reason: 'unreachable' });
  await cache.close();
});
