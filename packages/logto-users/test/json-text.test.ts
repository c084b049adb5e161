import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createLogtoUsersClient, jsonTextOf } from '../src/index.js';
import { user } from './user.js';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const answering = async (text: string) => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json', 'total-number': '250' }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createLogtoUsersClient({ endpoint: `http://127.0.0.1:${port}`, getAccessToken: () => 'token' });
  ends.push(async () => {
    await client.close();
    server.close();
  });
  return client;
};

it('the text of a result is what Logto sent, to the last blank', async () => {
  const text = JSON.stringify(user, undefined, 2).replace('{', '{ "later": 12345678901234567890,');
  const client = await answering(text);
  const result = await client.getUser({ userId: user.id });
  expect(jsonTextOf(result)).toBe(text);
  expect(JSON.parse(text)).toEqual(result);
});

it('the text of a page holds what Logto sent as its items', async () => {
  const client = await answering(JSON.stringify([user], undefined, 2));
  const page = await client.listUsers({ page: 2, pageSize: 1 });
  expect(JSON.parse(jsonTextOf(page) ?? '')).toEqual(page);
  expect(jsonTextOf(page)).toContain(JSON.stringify([user], undefined, 2));
});

it('what did not come from Logto is written as ever', () => {
  expect(jsonTextOf({ roleIds: ['one'] })).toBe('{"roleIds":["one"]}');
  expect(jsonTextOf('text')).toBe('"text"');
  expect(jsonTextOf(undefined)).toBeUndefined();
});

it('fields that no schema knows stay where they were, whatever their names', async () => {
  const text = JSON.stringify(user).replace('{', '{"__proto__":{"isAdmin":true},"cimdClientId":"a",');
  const client = await answering(text);
  const result = await client.getUser({ userId: user.id });
  expect(JSON.stringify(result)).toBe(text);
  expect((result as unknown as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});
