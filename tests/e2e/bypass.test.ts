import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';
import { procedures } from './procedures.js';

let world: World;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  token = await world.token('users:read');
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.sandbox.forgetRequests());

const send = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
  const headers = { authorization: `Bearer ${token}`, ...init.headers };
  const response = await fetch(`${world.url}/${path}`, { ...init, headers });
  return { status: response.status, text: await response.text() };
};
const postTo = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const mutations = procedures.filter(({ kind }) => kind === 'mutation').map((row) => [row.name, row] as const);
const read = { pageSize: 1 };

describe.each(mutations)('A2 a caller who may only read, and %s', (name, { input }) => {
  it('alone is refused', async () => {
    expect((await postTo(name, input)).status).toBe(403);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('in batches is refused, each time', async () => {
    const { status, text } = await postTo(`${name},${name}?batch=1`, { 0: input, 1: input });
    expect(status).toBe(403);
    const codes = JSON.parse(text).map((part: { error?: { data: { code: string } } }) => part.error?.data.code);
    expect(codes).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('mixed with what it may is refused whole, as tRPC does with queries and mutations in one request', async () => {
    for (const accept of ['application/json', 'application/jsonl']) {
      const headers = { 'trpc-accept': accept };
      const { text } = await postTo(`users.list,${name}?batch=1`, { 0: read, 1: input }, headers);
      expect(text).not.toContain('"result"');
    }
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('in a stream of JSON lines is refused', async () => {
    const headers = { 'trpc-accept': 'application/jsonl' };
    const { text } = await postTo(`${name}?batch=1`, { 0: input }, headers);
    expect(text).toContain('FORBIDDEN');
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('by GET, by other methods, by an override and by other spellings is refused', async () => {
    const query = `input=${encodeURIComponent(JSON.stringify(input))}`;
    const attempts = [
      send(`${name}?${query}`),
      send(`${name}?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: input }))}`),
      send(`${name}?${query}`, { headers: { 'x-http-method-override': 'POST', 'x-method-override': 'POST' } }),
      send(`${name}?${query}`, { headers: { 'trpc-accept': 'application/jsonl' } }),
      send(name, { method: 'PUT', body: JSON.stringify(input), headers: { 'content-type': 'application/json' } }),
      send(name, { method: 'PATCH', body: JSON.stringify(input), headers: { 'content-type': 'application/json' } }),
      postTo(name.replaceAll('.', '%2E'), input),
      postTo(`any/${name}`, input),
      postTo(`./${name}`, input),
      postTo(`${name}?type=query`, input),
      postTo(name, input, { 'x-http-method-override': 'GET' }),
      postTo(name.toUpperCase(), input),
      postTo(`${name}/`, input),
    ];
    for (const { status, text } of await Promise.all(attempts)) {
      expect([400, 403, 404, 405]).toContain(status);
      expect(text).not.toContain('"result"');
    }
    expect(world.sandbox.apiRequests).toEqual([]);
  });
});

it('A2 the allowed neighbours of what is refused in a batch are answered', async () => {
  const writer = await world.token('users:write');
  const userId = [...world.sandbox.store.users.keys()][5] ?? '';
  const names = ['users.update', 'users.delete', 'users.update', 'users.roles.assign', 'users.password.update'];
  const response = await fetch(`${world.url}/${names.join(',')}?batch=1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writer}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      0: { userId, name: 'One' },
      1: { userId },
      2: { userId, name: 'Two' },
      3: { userId, roleIds: ['x'] },
      4: { userId, password: 'x1' },
    }),
  });
  const parts = (await response.json()) as { error?: { data: { code: string } } }[];
  expect(parts.map(({ error }) => error?.data.code ?? 'ok')).toEqual([
    'ok',
    'FORBIDDEN',
    'ok',
    'FORBIDDEN',
    'FORBIDDEN',
  ]);
  // They go on side by side: either may be the last.
  expect(['One', 'Two']).toContain(world.sandbox.store.users.get(userId)?.name);
});
