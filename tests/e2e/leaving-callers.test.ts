import { setTimeout } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { startWorld, type World } from '../world.js';

const arrived = (world: World): Promise<unknown> =>
  vi.waitFor(() => expect(world.sandbox.apiRequests).toHaveLength(1), { timeout: 5_000 });

const outcome = async (world: World, procedure: string): Promise<string> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const line = world.log.map((text) => JSON.parse(text)).findLast((entry) => entry.procedure === procedure);
    if (line) return line.outcome;
    await setTimeout(10);
  }
  throw new Error(`no line for ${procedure}`);
};

it('a query ends with the caller who leaves', async () => {
  await using world = await startWorld();
  const client = world.client('users:read');
  await client.users.list.query();
  world.sandbox.forgetRequests();
  world.sandbox.failNext(1, { kind: 'hang' });
  const leaving = new AbortController();
  const call = client.users.get.query({ userId: 'x' }, { signal: leaving.signal }).catch((error: unknown) => error);
  await arrived(world);
  leaving.abort();
  expect(await call).toBeInstanceOf(Error);
  expect(await outcome(world, 'users.get')).toBe('CLIENT_CLOSED_REQUEST');
});

it('a write that was sent runs to its end, and its outcome is on record', async () => {
  await using world = await startWorld();
  const client = world.client('users:write', 'users:read');
  const { id: userId } = await client.users.create.mutate({ name: 'Before' });
  world.sandbox.forgetRequests();
  world.sandbox.latencyMs = 500;
  const leaving = new AbortController();
  const call = client.users.update
    .mutate({ userId, name: 'After' }, { signal: leaving.signal })
    .catch((error: unknown) => error);
  await arrived(world);
  leaving.abort();
  expect(await call).toBeInstanceOf(Error);
  expect(await outcome(world, 'users.update')).toBe('ok');
  world.sandbox.latencyMs = 0;
  expect((await client.users.get.query({ userId })).name).toBe('After');
});
