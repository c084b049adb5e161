import { createUsersClient, listAllUsers } from '@users-bff/trpc-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';

let world: World;
let token: string;
let pages = 0;
/** Pages that were answered and not gone through yet. */
const client = () =>
  createUsersClient({
    url: world.url,
    getAccessToken: () => token,
    fetch: (url, init) => {
      pages += 1;
      return fetch(url, init);
    },
  });

beforeEach(() => {
  pages = 0;
});

describe('all of 10,000 users', () => {
  beforeAll(async () => {
    world = await startWorld({ sandbox: { users: 10_000 } });
    token = await world.token('users:read');
  }, 120_000);
  afterAll(() => world[Symbol.asyncDispose]());

  it('come each once, newest first, and one page is fetched ahead', async () => {
    const seen: string[] = [];
    let ahead = 0;
    for await (const { id } of listAllUsers(client())) {
      seen.push(id);
      if (seen.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      ahead = Math.max(ahead, pages - Math.ceil(seen.length / 100));
    }
    expect(seen).toHaveLength(world.sandbox.store.users.size);
    expect(new Set(seen).size).toBe(seen.length);
    expect(ahead).toBe(1);
    const times = seen.map((id) => world.sandbox.store.users.get(id)?.createdAt ?? 0);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('are those that match', async () => {
    const names: (string | null)[] = [];
    for await (const { name } of listAllUsers(client(), { search: { name: { like: 'Ada A%' } } })) names.push(name);
    expect(names.length).toBeGreaterThan(1);
    expect(names.every((name) => name?.startsWith('Ada A'))).toBe(true);
  });

  it('end within a page when they are aborted', async () => {
    const stop = new AbortController();
    let count = 0;
    const through = async () => {
      for await (const _ of listAllUsers(client(), { signal: stop.signal })) {
        count += 1;
        if (count === 150) stop.abort(new Error('enough'));
      }
    };
    await expect(through()).rejects.toThrow('enough');
    expect(count).toBe(150);
    expect(pages).toBeLessThanOrEqual(3);
  });

  it('end when the loop is left', async () => {
    for await (const _ of listAllUsers(client())) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(pages).toBeLessThanOrEqual(2);
  });
});

describe('while users come and go', () => {
  beforeEach(async () => {
    world = await startWorld({ sandbox: { users: 95 } });
    token = await world.token('users:read');
    pages = 0;
    return async () => world[Symbol.asyncDispose]();
  });

  it.each([1, 2, 3, 5, 8, 13])('those who stay come exactly once (%i)', async (seed) => {
    const { users } = world.sandbox.store;
    const original = [...users.keys()];
    const leaving = new Set(original.filter((_, index) => index % 7 === seed % 7));
    const seen: string[] = [];
    let made = 0;
    for await (const { id } of listAllUsers(client(), { pageSize: 10 })) {
      seen.push(id);
      if (seen.length % (seed + 2) === 0) {
        made += 1;
        await world.setUp('POST', '/users', { username: `newcomer_${made}` });
      }
      if (seen.length % (seed + 1) === 0) {
        const [next] = [...leaving].filter((each) => users.has(each));
        if (next !== undefined) await world.setUp('DELETE', `/users/${next}`);
      }
    }
    expect(new Set(seen).size).toBe(seen.length);
    const staying = original.filter((id) => users.has(id));
    expect(staying.filter((id) => !seen.includes(id))).toEqual([]);
  });
});
