import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A request as it was read off the socket, whole. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Does something with the nth request, from 1. */
export type Fault = (socket: Socket, number: number, request: SeenRequest) => void;

/** A server that says what it is told to, byte by byte. */
export interface FaultServer {
  readonly endpoint: string;
  /** Requests that were read whole. */
  readonly seen: SeenRequest[];
  /** Connections that were made, and those that are open. */
  readonly connections: { made: number; open: Set<Socket> };
  close(): Promise<void>;
}

const HEAD_END = '\r\n\r\n';

/** The request at the start of what was received, and what follows it. */
const takeRequest = (received: string): { request: SeenRequest; rest: string } | undefined => {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = received.slice(0, headEnd);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const bodyAt = headEnd + HEAD_END.length;
  if (received.length < bodyAt + length) return undefined;
  const [method = '', path = ''] = head.split(' ');
  return {
    request: { method, path, body: received.slice(bodyAt, bodyAt + length) },
    rest: received.slice(bodyAt + length),
  };
};

/**
 * Starts a server.
 *
 * @param fault What it does once it has read a request.
 * @param onConnect What it does with a connection, before anything is read.
 */
export const startFaultServer = async (fault: Fault, onConnect: (socket: Socket) => void = () => {}) => {
  const seen: SeenRequest[] = [];
  const connections = { made: 0, open: new Set<Socket>() };
  const server: Server = createServer((socket) => {
    connections.made += 1;
    connections.open.add(socket);
    socket.on('close', () => connections.open.delete(socket));
    socket.on('error', () => {});
    onConnect(socket);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let taken = takeRequest(received); taken; taken = takeRequest(received)) {
        received = taken.rest;
        seen.push(taken.request);
        fault(socket, seen.length, taken.request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    connections,
    async close() {
      for (const socket of connections.open) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  } satisfies FaultServer;
};

/** An answer. Its length is said, unless the headers say something of it. */
export const answer = (status: number, body: string | Buffer = '', headers: Record<string, string> = {}): Buffer => {
  const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from([`HTTP/1.1 ${status} X`, ...lines, '', ''].join('\r\n')), Buffer.from(body)]);
};
