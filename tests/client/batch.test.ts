import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createUsersClient } from '@users-bff/trpc-client';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** A server that answers when it is told: what becomes of a request in between is what is looked at. */
let requests: { request: IncomingMessage; response: ServerResponse }[];
let close: () => void;
let url: string;

beforeEach(async () => {
  requests = [];
  const server = createServer((request, response) => {
    request.resume();
    requests.push({ request, response });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/trpc`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => close());

const client = () => createUsersClient({ url, getAccessToken: () => 'token', retries: 0 });

const arrived = async (count: number) => {
  while (requests.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  return requests.map(({ request: { method, url: path } }) => `${method} ${path}`);
};

const answerWith = ({ response }: { response: ServerResponse }, body: unknown) =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));

it('calls that are made after one another within a tick go together, queries and mutations apart', async () => {
  const { users } = client();
  const calls = [users.get.query({ userId: 'a' })];
  await Promise.resolve();
  calls.push(users.get.query({ userId: 'b' }));
  const write = users.update.mutate({ userId: 'a', name: 'Ada' });
  expect((await arrived(2)).toSorted()).toEqual([
    'POST /trpc/users.get,users.get?batch=1',
    'POST /trpc/users.update?batch=1',
  ]);
  for (const each of requests) {
    const isWrite = each.request.url?.includes('update');
    answerWith(
      each,
      (isWrite ? ['w'] : ['a', 'b']).map((data) => ({ result: { data } })),
    );
  }
  expect(await Promise.all([...calls, write])).toEqual(['a', 'b', 'w']);
});

it('a request is broken off when all of its calls were given up, and not before', async () => {
  const { users } = client();
  const [one, other] = [new AbortController(), new AbortController()];
  const calls = [
    users.get.query({ userId: 'a' }, { signal: one.signal }),
    users.get.query({ userId: 'b' }, { signal: other.signal }),
  ];
  const settled = Promise.allSettled(calls);
  await arrived(1);
  const [sent] = requests;
  one.abort();
  await expect(calls[0]).rejects.toThrow();
  expect(sent?.response.closed).toBe(false);
  other.abort();
  await once(sent?.response as ServerResponse, 'close');
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

it('a call that was given up before its batch left is not sent', async () => {
  const { users } = client();
  const early = new AbortController();
  const given = users.get.query({ userId: 'a' }, { signal: early.signal }).catch(() => 'given up');
  const kept = users.get.query({ userId: 'b' });
  early.abort();
  expect(await arrived(1)).toEqual(['POST /trpc/users.get?batch=1']);
  answerWith(requests[0] as (typeof requests)[number], [{ result: { data: 'b' } }]);
  expect(await Promise.all([given, kept])).toEqual(['given up', 'b']);
});

it.each([
  ['too few answers', [{ result: { data: 'a' } }]],
  ['something else', ['text', 0]],
  ['an object of something else', { status: 'ok' }],
])('%s are an error, and no silence', async (_name, body) => {
  const { users } = client();
  const settled = Promise.allSettled([users.get.query({ userId: 'a' }), users.get.query({ userId: 'b' })]);
  await arrived(1);
  answerWith(requests[0] as (typeof requests)[number], body);
  expect((await settled)[1]).toMatchObject({ status: 'rejected' });
});

it('an answer that is no JSON is the error of all its calls', async () => {
  const { users } = client();
  const settled = Promise.allSettled([users.get.query({ userId: 'a' }), users.get.query({ userId: 'b' })]);
  await arrived(1);
  requests[0]?.response.end('<html>');
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
