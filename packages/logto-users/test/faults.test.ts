import dns from 'node:dns';
import { setTimeout } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createLogtoUsersClient,
  LogtoApiError,
  LogtoConnectionError,
  LogtoResponseError,
  LogtoTimeoutError,
  type LogtoUsersClient,
  type LogtoUsersError,
} from '../src/index.js';
import { answer, type Fault, type FaultServer, startFaultServer } from './fault-server.js';
import { selfSigned } from './self-signed.js';
import { user } from './user.js';

/** Shorter than in earnest, in the same order. */
const TIMES = { connectTimeoutMs: 300, responseTimeoutMs: 300, callTimeoutMs: 1_500 };

type Kind = 'query' | 'write';

/** One operation of each method. */
const calls: Record<string, { kind: Kind; call: (client: LogtoUsersClient) => Promise<unknown> }> = {
  GET: { kind: 'query', call: (client) => client.getUser({ userId: 'u1' }) },
  POST: { kind: 'write', call: (client) => client.createUser({ name: 'N' }) },
  PUT: { kind: 'write', call: (client) => client.replaceUserRoles({ userId: 'u1', roleIds: ['r'] }) },
  PATCH: { kind: 'write', call: (client) => client.updateUser({ userId: 'u1', name: 'N' }) },
  DELETE: { kind: 'write', call: (client) => client.deleteUser({ userId: 'u1' }) },
};

/** What is fine for each. */
const good = (method: string): Buffer => {
  if (method === 'DELETE') return answer(204, '', { 'content-length': '0' });
  return answer(200, JSON.stringify(method === 'PUT' ? { roleIds: ['r'] } : user));
};

const refusal = JSON.stringify({ code: 'x.y', message: 'No.' });

type Failure = new (...args: never[]) => LogtoUsersError;

interface Expected {
  /** `undefined` for a success. */
  readonly error?: Failure;
  /** Of a write. */
  readonly outcome?: LogtoUsersError['outcome'];
  /** Requests that Logto read whole. */
  readonly requests: number;
  readonly retryAfterSeconds?: number;
}

const once =
  (first: Buffer): Fault =>
  (socket, number, { method }) =>
    socket.write(number === 1 ? first : good(method));
const always =
  (bytes: Buffer): Fault =>
  (socket) =>
    socket.write(bytes);

const inOneSecond = () => new Date(Date.now() + 1_000).toUTCString();

const unreadable = { error: LogtoResponseError, requests: 1 };

/** What Logto does; what then becomes of a query, and of a write. */
const table: [string, () => Fault, { query: Expected; write: Expected }][] = [
  [
    'resets once the request is read',
    () => (socket) => socket.resetAndDestroy(),
    {
      query: { error: LogtoConnectionError, requests: 3 },
      write: { error: LogtoConnectionError, outcome: 'unknown', requests: 1 },
    },
  ],
  [
    'resets once, and then answers',
    () => (socket, number, request) => (number === 1 ? socket.resetAndDestroy() : socket.write(good(request.method))),
    { query: { requests: 2 }, write: { error: LogtoConnectionError, outcome: 'unknown', requests: 1 } },
  ],
  [
    'hangs before the headers',
    () => () => {},
    {
      query: { error: LogtoTimeoutError, requests: 1 },
      write: { error: LogtoTimeoutError, outcome: 'unknown', requests: 1 },
    },
  ],
  [
    'hangs in the body',
    () => (socket) => socket.write(answer(200, '{"id":', { 'content-length': '100' })),
    {
      query: { error: LogtoTimeoutError, requests: 1 },
      write: { error: LogtoTimeoutError, outcome: 'unknown', requests: 1 },
    },
  ],
  [
    'drips a byte at a time',
    () => (socket) => {
      socket.write(answer(200, '', { 'content-length': '1000' }));
      const drip = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(drip));
    },
    {
      query: { error: LogtoTimeoutError, requests: 1 },
      write: { error: LogtoTimeoutError, outcome: 'unknown', requests: 1 },
    },
  ],
  [
    'says 429 once, with seconds',
    () => once(answer(429, refusal, { 'retry-after': '1' })),
    { query: { requests: 2 }, write: { requests: 2 } },
  ],
  [
    'says 429 once, with a date',
    () => once(answer(429, refusal, { 'retry-after': inOneSecond() })),
    { query: { requests: 2 }, write: { requests: 2 } },
  ],
  [
    'says 429 with a time that is too long',
    () => always(answer(429, refusal, { 'retry-after': '120' })),
    {
      query: { error: LogtoApiError, requests: 1, retryAfterSeconds: 120 },
      write: { error: LogtoApiError, outcome: 'refused', requests: 1, retryAfterSeconds: 120 },
    },
  ],
  ...['-5', 'soon', '1e9', '99999999999999', ''].map((retryAfter): (typeof table)[number] => [
    `says 429 with "Retry-After: ${retryAfter}"`,
    () => always(answer(429, refusal, { 'retry-after': retryAfter })),
    {
      query: { error: LogtoApiError, requests: 3 },
      write: { error: LogtoApiError, outcome: 'refused', requests: 3 },
    },
  ]),
  [
    'says 429 with a date of the past',
    () => always(answer(429, refusal, { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' })),
    {
      query: { error: LogtoApiError, requests: 3, retryAfterSeconds: 0 },
      write: { error: LogtoApiError, outcome: 'refused', requests: 3, retryAfterSeconds: 0 },
    },
  ],
  [
    'says 500 once',
    () => once(answer(500, refusal)),
    {
      query: { error: LogtoApiError, requests: 1 },
      write: { error: LogtoApiError, outcome: 'unknown', requests: 1 },
    },
  ],
  ...[502, 503, 504].flatMap((status): typeof table => [
    [
      `says ${status} once`,
      () => once(answer(status, '<h1>away</h1>', { 'content-type': 'text/html' })),
      { query: { requests: 2 }, write: { error: LogtoResponseError, outcome: 'unknown', requests: 1 } },
    ],
    [
      `says ${status} for ever`,
      () => always(answer(status, refusal)),
      {
        query: { error: LogtoApiError, requests: 3 },
        write: { error: LogtoApiError, outcome: 'unknown', requests: 1 },
      },
    ],
  ]),
  [
    'says 503 with a time to wait',
    () => once(answer(503, 'away', { 'retry-after': '1', 'content-type': 'text/plain' })),
    {
      query: { requests: 2 },
      write: { error: LogtoResponseError, outcome: 'unknown', requests: 1, retryAfterSeconds: 1 },
    },
  ],
  ...(
    [
      ['garbage for JSON', answer(200, '{"id":')],
      ['a page of HTML', answer(200, '<h1>Hello</h1>', { 'content-type': 'text/html' })],
      ['another content type', answer(200, '\u0001\u0002', { 'content-type': 'application/octet-stream' })],
      ['text that is no UTF-8', answer(200, Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
      ['compressed bytes', answer(200, Buffer.alloc(1_000, 7), { 'content-encoding': 'gzip' })],
      ['what is no HTTP', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n\r\n')],
      ['two lengths', answer(200, '{}', { 'Content-Length': '3' })],
      ['a header of 64 kB', answer(200, '{}', { 'x-long': 'x'.repeat(65_536) })],
      ['more than is accepted', answer(200, Buffer.alloc(11 * 1024 * 1024, 0x20))],
    ] as [string, Buffer][]
  ).map(([title, bytes]): (typeof table)[number] => [
    `answers with ${title}`,
    () => always(bytes),
    { query: unreadable, write: { ...unreadable, outcome: 'unknown' } },
  ]),
  [
    'redirects elsewhere',
    () => always(answer(307, '{}', { location: 'http://127.0.0.1:9/' })),
    { query: unreadable, write: { ...unreadable, outcome: 'unknown' } },
  ],
  [
    'answers 404 in plain text',
    () => always(answer(404, 'Not Found', { 'content-type': 'text/plain' })),
    { query: unreadable, write: { ...unreadable, outcome: 'refused' } },
  ],
  [
    'breaks off inside the body',
    () => (socket) => socket.end(answer(200, '{"id":', { 'content-length': '100' })),
    {
      query: { error: LogtoConnectionError, requests: 3 },
      write: { error: LogtoConnectionError, outcome: 'unknown', requests: 1 },
    },
  ],
  [
    'sends a hundred headers',
    () =>
      (socket, _, { method }) => {
        const [head = '', body = ''] = good(method).toString().split('\r\n\r\n');
        const more = Array.from({ length: 100 }, (__, index) => `x-${index}: ${index}`);
        socket.write([head, ...more, '', body].join('\r\n'));
      },
    { query: { requests: 1 }, write: { requests: 1 } },
  ],
];

/** Timers are the test runner's too: `resilience.test.ts` sees to those. */
const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => /TCP|TLS/.test(name));

let server: FaultServer | undefined;
let client: LogtoUsersClient | undefined;
let before: string[];

beforeEach(() => {
  before = sockets();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await client?.close();
  await server?.close();
  client = undefined;
  server = undefined;
  // No socket is left over.
  for (let rounds = 0; rounds < 100 && sockets().join() !== before.join(); rounds += 1) await setTimeout(20);
  expect(sockets()).toEqual(before);
});

const clientOf = (endpoint: string): LogtoUsersClient => {
  client = createLogtoUsersClient({ endpoint, getAccessToken: () => 'token', ...TIMES });
  return client;
};

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each(table)('a Logto that %s', (_, makeFault, expected) => {
  it.each(Object.keys(calls))('makes of %s just what is promised', async (method) => {
    const { kind, call } = calls[method] as (typeof calls)[string];
    const { error, outcome, requests, retryAfterSeconds } = expected[kind];
    server = await startFaultServer(makeFault());
    const startedAt = performance.now();
    const failure = await failureOf(call(clientOf(server.endpoint)));
    // The machine's own delays aside.
    expect(performance.now() - startedAt).toBeLessThan(TIMES.callTimeoutMs + 1_000);
    if (error) expect(failure).toBeInstanceOf(error);
    else expect(failure).toBeUndefined();
    if (outcome) expect(failure).toMatchObject({ outcome });
    if (error) expect((failure as { retryAfterSeconds?: number }).retryAfterSeconds).toBe(retryAfterSeconds);
    expect(server.seen.map((request) => request.method)).toEqual(Array(requests).fill(method));
    expect(String(failure)).not.toContain(server.endpoint);
  });
});

/** Calls, and counts their attempts. */
const attempts = async (endpoint: string, method: string): Promise<{ failure: unknown; count: number }> => {
  let count = 0;
  const counting = {
    onAttempt: () => {
      count += 1;
      return { end: () => {} };
    },
  };
  const own = clientOf(endpoint);
  const failure = await failureOf(
    method === 'GET' ? own.getUser({ userId: 'u1' }, counting) : own.createUser({ name: 'N' }, counting),
  );
  return { failure, count };
};

describe.each(['GET', 'POST'])('without a connection, %s', (method) => {
  it('to a closed port is tried three times, and nothing was sent', async () => {
    const gone = await startFaultServer(() => {});
    await gone.close();
    const { failure, count } = await attempts(gone.endpoint, method);
    expect(failure).toBeInstanceOf(LogtoConnectionError);
    expect(failure).toMatchObject({ outcome: 'not_sent' });
    expect(count).toBe(3);
  });

  it('to a name that does not resolve is tried three times, and nothing was sent', async () => {
    vi.spyOn(dns, 'lookup').mockImplementation(((...[, , done]: [unknown, unknown, (error: Error) => void]) =>
      process.nextTick(done, Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }))) as never);
    const { failure, count } = await attempts('http://logto.example', method);
    expect(failure).toMatchObject({ outcome: 'not_sent' });
    expect(failure).toBeInstanceOf(LogtoConnectionError);
    expect(count).toBe(3);
  });

  it('to a name with one dead address of two is answered by the other', async () => {
    const alive = await startFaultServer(always(good(method)));
    server = alive;
    vi.spyOn(dns, 'lookup').mockImplementation(((...[, , done]: [unknown, unknown, (...result: unknown[]) => void]) =>
      process.nextTick(done, null, [
        { address: '127.0.0.99', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ])) as never);
    const { failure } = await attempts(alive.endpoint.replace('127.0.0.1', 'logto.example'), method);
    expect(failure).toBeUndefined();
    expect(alive.seen).toHaveLength(1);
  });

  it('over TLS to what speaks none, nothing was sent', async () => {
    server = await startFaultServer(
      () => {},
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    const { failure } = await attempts(server.endpoint.replace('http:', 'https:'), method);
    expect(failure).toBeInstanceOf(LogtoConnectionError);
    expect(failure).toMatchObject({ outcome: 'not_sent' });
    expect(server.seen).toEqual([]);
  });

  it('over TLS to a certificate of nobody, nothing was sent', async () => {
    const { certificate, key } = selfSigned;
    const tls = createTlsServer({ cert: certificate, key });
    tls.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const { port } = tls.address() as { port: number };
    const { failure } = await attempts(`https://127.0.0.1:${port}`, method);
    expect(failure).toBeInstanceOf(LogtoConnectionError);
    expect(failure).toMatchObject({ outcome: 'not_sent' });
    await new Promise((resolve) => tls.close(resolve));
  });

  it('that is reset before the request is read, is not written twice', async () => {
    server = await startFaultServer(
      () => {},
      (socket) => socket.resetAndDestroy(),
    );
    const { failure, count } = await attempts(server.endpoint, method);
    expect(failure).toBeInstanceOf(LogtoConnectionError);
    expect(server.seen).toEqual([]);
    // Of a write nobody can tell how much of it arrived, once it began.
    const { outcome } = failure as LogtoConnectionError;
    expect(count).toBe(method === 'GET' || outcome === 'not_sent' ? 3 : 1);
  });
});
