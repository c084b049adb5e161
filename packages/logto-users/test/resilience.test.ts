import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type CallOptions,
  createLogtoUsersClient,
  LogtoCircuitOpenError,
  LogtoTimeoutError,
  type LogtoUsersClient,
  type LogtoUsersClientOptions,
} from '../src/index.js';
import { answer, type Fault, type FaultServer, startFaultServer } from './fault-server.js';
import { user } from './user.js';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const start = async (fault: Fault, options: Partial<LogtoUsersClientOptions> = {}) => {
  const server: FaultServer = await startFaultServer(fault);
  const client = createLogtoUsersClient({ endpoint: server.endpoint, getAccessToken: () => 'token', ...options });
  open.push(async () => {
    for (const socket of server.connections.open) socket.destroy();
    await client.close();
    await server.close();
  });
  return { server, client };
};

const fine = answer(200, JSON.stringify(user));
const away = answer(503, '{"message":"away"}');

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const write = (client: LogtoUsersClient, options?: CallOptions) => client.createUser({ name: 'N' }, options);
const read = (client: LogtoUsersClient, options?: CallOptions) => client.getUser({ userId: 'u1' }, options);

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe('the circuit breaker', () => {
  it('leaves a Logto alone that fails, asks once after a while, and lets calls through when that is answered', async () => {
    let isAway = true;
    const states: string[] = [];
    const { server, client } = await start((socket) => socket.write(isAway ? away : fine), {
      onBreakerChange: (state) => states.push(state),
    });
    for (let call = 0; call < 19; call += 1) await failureOf(write(client));
    expect(states).toEqual([]);
    await failureOf(write(client));
    expect(states).toEqual(['open']);
    const refused = await times(50, () => failureOf(read(client)));
    for (const error of refused) {
      expect(error).toBeInstanceOf(LogtoCircuitOpenError);
      expect(error).toMatchObject({ outcome: 'not_sent', code: 'ERR_LOGTO_CIRCUIT_OPEN' });
      expect((error as LogtoCircuitOpenError).retryAfterSeconds).toBeLessThanOrEqual(6);
    }
    expect(server.seen).toHaveLength(20);

    // Ten and more seconds of callers who do not give up: a probe in each five.
    const until = performance.now() + 12_000;
    while (performance.now() < until) {
      await times(10, () => failureOf(write(client)));
      await setTimeout(20);
    }
    expect(server.seen.length - 20).toBeLessThanOrEqual(2);
    expect(server.seen.length - 20).toBeGreaterThanOrEqual(1);

    isAway = false;
    await vi.waitFor(async () => expect(await failureOf(write(client))).toBeUndefined(), {
      timeout: 10_000,
      interval: 50,
    });
    expect(states.at(-1)).toBe('closed');
    expect((await times(50, () => failureOf(read(client)))).filter(Boolean)).toEqual([]);
  }, 60_000);

  it.each([
    ['errors of its own', answer(500, '{"message":"broken pattern"}')],
    ['refusals', answer(422, '{"code":"x.y","message":"No."}')],
    ['unreadable answers', answer(200, 'what?')],
  ])('does not open for %s', async (_, bytes) => {
    const { server, client } = await start((socket) => socket.write(bytes));
    await times(60, () => failureOf(write(client)));
    expect(server.seen).toHaveLength(60);
  });

  it('does not open while less than half of the calls fail', async () => {
    const { server, client } = await start((socket, number) => socket.write(number % 5 < 2 ? away : fine));
    for (let call = 0; call < 60; call += 1) await failureOf(write(client));
    expect(server.seen).toHaveLength(60);
  });

  it('does not open for callers who leave, or who give it no time', async () => {
    const { server, client } = await start(() => {});
    const leaving = await times(40, () => failureOf(read(client, { signal: AbortSignal.timeout(100) })));
    expect(leaving.map((error) => (error as Error).name)).toEqual(Array(40).fill('TimeoutError'));
    const hurried = await times(40, () => failureOf(write(client, { timeoutMs: 100 })));
    for (const error of hurried) expect(error).toBeInstanceOf(LogtoTimeoutError);
    expect(server.seen).toHaveLength(80);
  });

  it('asks another time where the one who was to find out has left', async () => {
    let isHanging = false;
    const { server, client } = await start((socket) => isHanging || socket.write(away));
    await times(20, () => failureOf(write(client)));
    isHanging = true;
    await setTimeout(6_100);
    expect(await failureOf(read(client, { signal: AbortSignal.timeout(200) }))).toMatchObject({ name: 'TimeoutError' });
    expect(server.seen).toHaveLength(21);
    expect(await failureOf(read(client))).toBeInstanceOf(LogtoCircuitOpenError);
    expect(server.seen).toHaveLength(21);
  }, 20_000);
});

describe('retries', () => {
  it('of all calls together are bounded', async () => {
    const { server, client } = await start((socket) => socket.write(answer(429, '{"message":"slow down"}')));
    const startedAt = performance.now();
    await times(500, () => failureOf(read(client)));
    const seconds = (performance.now() - startedAt) / 1_000;
    expect(server.seen.length).toBeGreaterThan(500);
    expect(server.seen.length).toBeLessThanOrEqual(500 + 50 + 500 * 0.1 + Math.ceil(seconds));
  });

  it('stop where the caller has left', async () => {
    const caller = new AbortController();
    const { server, client } = await start((socket) => {
      socket.write(answer(429, '{"message":"slow down"}'));
      caller.abort();
    });
    await failureOf(write(client, { signal: caller.signal }));
    expect(server.seen).toHaveLength(1);
  });
});

describe('the time of a call', () => {
  it('can be shortened, and not lengthened', async () => {
    const { client } = await start(() => {}, { callTimeoutMs: 400 });
    const startedAt = performance.now();
    expect(await failureOf(write(client, { timeoutMs: 100 }))).toMatchObject({ outcome: 'unknown' });
    expect(performance.now() - startedAt).toBeLessThan(390);
    expect(await failureOf(write(client, { timeoutMs: 60_000 }))).toBeInstanceOf(LogtoTimeoutError);
    expect(performance.now() - startedAt).toBeLessThan(4_900);
  });

  it('covers a token that does not come', async () => {
    const { server, client } = await start(() => {}, {
      callTimeoutMs: 100,
      getAccessToken: () => new Promise(() => {}),
    });
    const error = await failureOf(write(client));
    expect(error).toBeInstanceOf(LogtoTimeoutError);
    expect(error).toMatchObject({ outcome: 'not_sent' });
    expect(server.seen).toEqual([]);
  });

  it('that ends while a write waits for a connection leaves it unsent', async () => {
    const { server, client } = await start((socket, number) => number > 1 && socket.write(fine), { connections: 1 });
    const first = failureOf(write(client, { timeoutMs: 600 }));
    expect(await failureOf(write(client, { timeoutMs: 200 }))).toMatchObject({ outcome: 'not_sent' });
    const caller = new AbortController();
    const deserted = failureOf(write(client, { signal: caller.signal }));
    await setTimeout(50);
    caller.abort();
    expect(await deserted).toMatchObject({ name: 'AbortError' });
    expect(await first).toMatchObject({ outcome: 'unknown' });
    // The connection is free again: what was given up stays so.
    expect(await failureOf(write(client))).toBeUndefined();
    expect(server.seen).toHaveLength(2);
  });
});

describe('a caller who leaves', () => {
  it('takes a query off the wire at once', async () => {
    const { server, client } = await start(() => {});
    const caller = new AbortController();
    const call = failureOf(read(client, { signal: caller.signal }));
    await vi.waitFor(() => expect(server.seen).toHaveLength(1));
    const [socket] = server.connections.open;
    const closed = once(socket as NonNullable<typeof socket>, 'close');
    caller.abort();
    await call;
    await closed;
  });
});

describe('what goes with a request', () => {
  it('is a language, an id and a trace, and nothing that is no header value', async () => {
    const seen: string[] = [];
    const server = await startFaultServer(
      (socket) => socket.write(fine),
      (socket) => socket.on('data', (chunk) => seen.push(String(chunk))),
    );
    const client = createLogtoUsersClient({ endpoint: server.endpoint, getAccessToken: () => 'token' });
    open.push(async () => {
      await client.close();
      await server.close();
    });
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b' };
    await read(client, { language: 'de-CH, de;q=0.9', requestId: 'r-1', onAttempt: () => ({ trace, end: () => {} }) });
    await read(client, { language: 'de\r\nx-evil: 1', requestId: 'x'.repeat(300) });
    expect(seen[0]).toContain('accept-language: de-CH, de;q=0.9\r\n');
    expect(seen[0]).toContain('x-request-id: r-1\r\n');
    expect(seen[0]).toContain(`traceparent: ${trace.traceparent}\r\n`);
    expect(seen[0]).toContain('tracestate: a=b\r\n');
    expect(seen[1]).not.toMatch(/evil|accept-language|x-request-id|trace/);
  });

  it('is no body that Logto would take for an unknown route', async () => {
    const { server, client } = await start((socket) => socket.write(answer(200, '{}')));
    const long = (length: number) => ({ userId: 'u1', customData: { text: 'x'.repeat(length) } });
    const frame = JSON.stringify({ customData: { text: '' } }).length;
    expect(await failureOf(client.updateUserCustomData(long(1024 * 1024 - frame)))).toMatchObject({
      code: 'ERR_LOGTO_BODY_TOO_LARGE',
      outcome: 'not_sent',
    });
    expect(server.seen).toEqual([]);
    expect(await failureOf(client.updateUserCustomData(long(1024 * 1024 - frame - 1)))).toBeUndefined();
  });
});

it('a change of address is followed', async () => {
  const { server, client } = await start((socket) => socket.write(fine), { connectionLifeMs: 100, connections: 1 });
  for (let call = 0; call < 8; call += 1) {
    await read(client);
    await setTimeout(30);
  }
  expect(server.connections.made).toBeGreaterThan(1);
  expect(server.seen).toHaveLength(8);
});

it('500 writes around the moment at which Logto closes idle connections are all done, once', async () => {
  const idleMs = 5_000;
  const { server, client } = await start((socket) => {
    socket.write(fine);
    socket.setTimeout(idleMs, () => socket.end());
  });
  // Each of a hundred connections is left for 4.9 to 5.1 seconds, five times.
  for (let round = 0; round < 2; round += 1) {
    const done = await times(250, async () => {
      const error = await failureOf(write(client));
      return error;
    });
    expect(done.filter(Boolean)).toEqual([]);
    if (round === 0) await setTimeout(idleMs - 100 + Math.random() * 200);
  }
  expect(server.seen).toHaveLength(500);
}, 30_000);

it('a process ends by itself once its client is closed, whatever happened before', async () => {
  const { server } = await start((socket, number) => {
    if (number % 3 === 0) socket.resetAndDestroy();
    else if (number % 3 === 1) socket.write(away);
  });
  const script = `
    import { createLogtoUsersClient } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    const client = createLogtoUsersClient({
      endpoint: ${JSON.stringify(server.endpoint)}, getAccessToken: () => 'token', responseTimeoutMs: 200,
    });
    const calls = Array.from({ length: 15 }, (_, index) =>
      index % 2 ? client.getUser({ userId: 'u' }) : client.createUser({ name: 'N' }));
    await Promise.allSettled(calls);
    await client.close();
    console.log('closed');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}, 30_000);
