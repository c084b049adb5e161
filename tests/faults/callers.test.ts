import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { calm, post } from '../e2e/procedures.js';
import { startWorld, type World } from '../world.js';

const headersOf = (token: string) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });

/** Makes a call, and hangs up once Logto has it. Resolves to when that was. */
const hangUp = async (world: World, token: string, name: string, input: object): Promise<number> => {
  world.sandbox.forgetRequests();
  const leaving = new AbortController();
  const call = fetch(`${world.url}/${name}`, {
    method: 'POST',
    headers: headersOf(token),
    body: JSON.stringify(input),
    signal: leaving.signal,
  }).catch(() => undefined);
  await vi.waitFor(() => expect(world.sandbox.apiRequests).toHaveLength(1), { timeout: 10_000, interval: 5 });
  const at = performance.now();
  leaving.abort();
  await call;
  return at;
};

const records = (world: World, name: string) =>
  world.log.map((line) => JSON.parse(line)).filter(({ procedure, audit }) => (audit?.action ?? procedure) === name);

describe('a caller who hangs up', () => {
  it('R23 during a query takes it off the wire to Logto, within 50 ms as a rule, and is no error of the server', async () => {
    await using world = await startWorld();
    const token = await world.token('users:read');
    const took: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      await calm(world, token, 2);
      world.sandbox.failNext(1, { kind: 'hang' });
      const at = await hangUp(world, token, 'users.get', { userId: 'x' });
      const [request] = world.sandbox.apiRequests;
      await vi.waitFor(() => expect(request?.brokenOffAt).toBeDefined(), { timeout: 5_000, interval: 2 });
      took.push((request?.brokenOffAt ?? 0) - at);
    }
    expect(took.sort((a, b) => a - b)[4]).toBeLessThan(50);
    await vi.waitFor(() => expect(records(world, 'users.get')).toHaveLength(9));
    for (const line of records(world, 'users.get')) {
      expect(line).toMatchObject({ level: 30, outcome: 'CLIENT_CLOSED_REQUEST' });
    }
  });

  it('R24 during a write does not end it, and its outcome is on record', async () => {
    await using world = await startWorld();
    const token = await world.token('users:write', 'users:read');
    const { text } = await post(world.url, 'users.create', { name: 'Before' }, token);
    const userId = JSON.parse(text).result.data.id as string;
    world.sandbox.latencyMs = 300;
    await hangUp(world, token, 'users.update', { userId, name: 'After' });
    await vi.waitFor(
      () =>
        expect(records(world, 'users.update').map(({ audit, outcome }) => audit?.outcome ?? outcome)).toHaveLength(2),
      { timeout: 5_000 },
    );
    const outcomes = records(world, 'users.update').map(({ audit, outcome }) => audit?.outcome ?? outcome);
    expect(outcomes.sort()).toEqual(['ok', 'succeeded']);
    expect(world.sandbox.store.users.get(userId)?.name).toBe('After');
    expect(world.sandbox.apiRequests[0]?.brokenOffAt).toBeUndefined();
  });
});

describe('a caller who gives a call less time', () => {
  it('is told when it is over, and cannot take more', async () => {
    await using world = await startWorld({ environment: { CALL_TIMEOUT_MS: '800' } });
    const token = await world.token('users:read');
    world.sandbox.failNext(Number.POSITIVE_INFINITY, { kind: 'hang' });
    for (const [given, atMost] of [
      ['100', 700],
      ['60000', 4_000],
      ['soon', 4_000],
    ] as const) {
      const startedAt = performance.now();
      const { error } = await post(world.url, 'users.get', { userId: 'x' }, token, { 'x-request-timeout': given });
      expect(error?.data.code).toBe('GATEWAY_TIMEOUT');
      expect(performance.now() - startedAt).toBeLessThan(atMost);
    }
  });
});

/** A connection that says something and then waits. */
const open = async (
  url: string,
  text: string,
): Promise<{ socket: Socket; closed: Promise<unknown>; said: () => string }> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  socket.write(text);
  return { socket, closed, said: () => said };
};

describe('R25 a caller who is slow', () => {
  it('with headers is cut off, and with a body too, while others are served', async () => {
    await using world = await startWorld();
    const token = await world.token('users:read');
    const header = await open(world.server.url, 'GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    const body = await open(
      world.server.url,
      `POST /trpc/users.get HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n`,
    );
    const drip = setInterval(() => {
      header.socket.write('x');
      body.socket.write(' ');
    }, 500);
    const idle = await Promise.all(Array.from({ length: 500 }, () => open(world.server.url, '')));
    const { status } = await post(world.url, 'users.list', {}, token);
    expect(status).toBe(200);
    await header.closed;
    expect(header.said()).toContain('408');
    await body.closed;
    clearInterval(drip);
    for (const { socket } of idle) socket.destroy();
    expect((await post(world.url, 'users.list', {}, token)).status).toBe(200);
  }, 60_000);

  it('at reading costs bounded memory', async () => {
    await using world = await startWorld();
    const token = await world.token('users:read');
    const get = `GET /trpc/users.list?input=%7B%22pageSize%22%3A30%7D HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`;
    const { socket } = await open(world.server.url, '');
    socket.pause();
    const { rss } = process.memoryUsage();
    // Asks on and on, and reads nothing: the server stops reading from it when its answers find no way out.
    for (let count = 0; count < 3_000 && socket.writableLength < 256 * 1_024; count += 1) {
      socket.write(get);
      if (count % 50 === 0) await setTimeout(1);
    }
    await setTimeout(1_000);
    expect(process.memoryUsage().rss - rss).toBeLessThan(200 * 1_024 * 1_024);
    expect((await post(world.url, 'users.list', {}, token)).status).toBe(200);
    socket.destroy();
  });
});
