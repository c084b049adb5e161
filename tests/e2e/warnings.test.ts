import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world[Symbol.asyncDispose]());

it.each(['application/json', 'application/jsonl'])('a batch of twenty makes Node warn of nothing: %s', async (type) => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const response = await fetch(`${world.url}/${Array(20).fill('users.list').join(',')}?batch=1`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await world.token('users:read')}`,
      'content-type': 'application/json',
      'trpc-accept': type,
    },
    body: JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index, {}]))),
  });
  await response.text();
  expect(response.status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
