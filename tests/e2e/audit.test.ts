import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { permissions } from '@users-bff/bff';
import type { Fault } from '@users-bff/logto-sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChainedRecord } from '../../apps/bff/src/audit/chain.js';
import { verifyChain } from '../../apps/bff/src/audit/chain.js';
import { describeWithRedis, startRedis } from '../../packages/token-cache/test/redis/redis-server.js';
import { startWorld, type World } from '../world.js';
import { calm, post, procedures } from './procedures.js';

const mutations = procedures.filter(({ kind }) => kind === 'mutation').map((row) => [row.name, row] as const);

let folder: string;
let world: World;
let token: string;

const read = async (path = join(folder, 'audit.jsonl')): Promise<ChainedRecord[]> =>
  (await readFile(path, 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Of the request with this id, once there are any. */
const recordsOf = async (requestId: string): Promise<ChainedRecord[]> => {
  await vi.waitFor(
    async () => expect((await read()).some((record) => record.requestId === requestId)).toBe(true),
    10_000,
  );
  return (await read()).filter((record) => record.requestId === requestId);
};

const act = (name: string, input: object, requestId: string, headers: Record<string, string> = {}, by = token) =>
  post(world.url, name, input, by, { 'x-request-id': requestId, ...headers });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  world = await startWorld({
    environment: { AUDIT_FILE: join(folder, 'audit.jsonl'), LOGTO_TIMEOUT_MS: '500', PASSWORD_GUESSES: '1000' },
  });
  token = await world.token(...permissions);
  // So that no fault of a test meets the request for a token.
  await post(world.url, 'users.update', { userId: 'nobody000000', name: 'x' }, token);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const faults: [string, Fault | undefined, string, string | undefined][] = [
  [
    'refused by Logto',
    { kind: 'status', status: 422, body: { code: 'entity.x', message: 'x' } },
    'refused',
    'UNPROCESSABLE_CONTENT',
  ],
  // What of it was done before it failed is not known.
  ['failing in Logto', { kind: 'status', status: 500 }, 'unknown', 'BAD_GATEWAY'],
  ['answered with what cannot be read', { kind: 'garbage' }, 'unknown', 'BAD_GATEWAY'],
  ['not answered', { kind: 'hang' }, 'unknown', 'GATEWAY_TIMEOUT'],
  ['broken off', { kind: 'reset' }, 'unknown', 'SERVICE_UNAVAILABLE'],
];

describe.each(faults)('U1 an act %s', (title, fault, outcome, code) => {
  it.each(mutations)('is on record once: %s', async (name, { input, permission }) => {
    const requestId = `${outcome}-${title.length}.${name}`;
    await calm(world, token);
    // This one reads before it writes, and a query is sent again.
    const reads = name === 'users.roles.replace';
    if (fault) world.sandbox.failNext(reads ? 3 : 1, fault);
    await act(name, input, requestId);
    world.sandbox.stopFailing();
    const records = await recordsOf(requestId);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      kind: 'act',
      action: name,
      permission,
      actor: { kind: 'machine', iss: world.sandbox.issuer, sub: 'caller', clientId: 'caller' },
      ip: expect.stringContaining('127.0.0.1'),
      outcome: reads && outcome === 'unknown' ? 'failed' : outcome,
      code,
    });
    if ('userId' in input) expect(records[0]?.target).toEqual({ type: 'user', id: 'nobody000000' });
  });
});

describe('an act', () => {
  const make = async (): Promise<string> => {
    const { text } = await act('users.create', { name: 'x' }, `make-${Math.random()}`);
    return JSON.parse(text).result.data.id;
  };

  it('that succeeds names what was changed, and not to what', async () => {
    const userId = await make();
    await act('users.update', { userId, name: 'needle', primaryEmail: 'needle@example.com' }, 'succeeds');
    expect(await recordsOf('succeeds')).toEqual([
      expect.objectContaining({
        outcome: 'succeeded',
        target: { type: 'user', id: userId },
        changed: ['name', 'primaryEmail'],
        durationMs: expect.any(Number),
      }),
    ]);
  });

  it('that makes somebody names him', async () => {
    const { text } = await act('users.create', { password: 'needle-1' }, 'creates');
    const { id } = JSON.parse(text).result.data;
    expect(await recordsOf('creates')).toEqual([
      expect.objectContaining({ target: { type: 'user', id }, changed: ['password'], outcome: 'succeeded' }),
    ]);
  });

  it.each([
    ['without the permission', 'users.delete', { userId: 'nobody000000' }, 'denied', 'FORBIDDEN'],
    ['with an input that does not fit', 'users.update', { userId: 'nobody000000', name: 7 }, 'refused', 'BAD_REQUEST'],
  ])('%s is on record', async (title, name, input, outcome, code) => {
    const requestId = `act-${title.replaceAll(' ', '-')}`;
    await act(name, input, requestId, {}, await world.token('users:write'));
    expect(await recordsOf(requestId)).toEqual([expect.objectContaining({ outcome, code })]);
  });

  it('that is a reading is on record where it is denied, or reads secrets', async () => {
    const get = async (name: string, requestId: string, by: string) => {
      const query = `input=${encodeURIComponent('{"userId":"nobody000000"}')}`;
      const headers = { authorization: `Bearer ${by}`, 'x-request-id': requestId };
      return fetch(`${world.url}/${name}?${query}`, { headers });
    };
    await get('users.get', 'read', token);
    await get('users.get', 'denied', await world.token('users:write'));
    await get('users.personalAccessTokens.list', 'secrets', token);
    expect(await recordsOf('denied')).toEqual([expect.objectContaining({ outcome: 'denied', action: 'users.get' })]);
    expect(await recordsOf('secrets')).toEqual([expect.objectContaining({ outcome: 'refused', code: 'NOT_FOUND' })]);
    expect((await read()).filter(({ requestId }) => requestId === 'read')).toEqual([]);
  });

  it('of a batch has a record of its own each', async () => {
    const one = { userId: 'nobody000000', name: 'x' };
    await act('users.update,users.update,users.update?batch=1', { 0: one, 1: one, 2: one }, 'batch');
    await vi.waitFor(async () => expect(await recordsOf('batch')).toHaveLength(3));
  });

  it('whose caller hangs up is on record once, with its end', async () => {
    const userId = await make();
    world.sandbox.forgetRequests();
    world.sandbox.latencyMs = 300;
    const leaving = new AbortController();
    const call = fetch(`${world.url}/users.update`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-request-id': 'leaves' },
      body: JSON.stringify({ userId, name: 'After' }),
      signal: leaving.signal,
    }).catch(() => 'left');
    await vi.waitFor(() => expect(world.sandbox.apiRequests).toHaveLength(1), 10_000);
    leaving.abort();
    expect(await call).toBe('left');
    const records = await recordsOf('leaves');
    world.sandbox.latencyMs = 0;
    await setTimeout(300);
    expect((await recordsOf('leaves')).length).toBe(records.length);
    expect(records).toEqual([expect.objectContaining({ outcome: 'succeeded' })]);
  });

  it('is named by nothing that a caller could forge', async () => {
    await act('users.update', { userId: 'a\nb', 'evil"key': 1, x1: 1 }, 'forged');
    const [record] = await recordsOf('forged');
    expect(record?.target).toBeUndefined();
    expect(record?.changed).toEqual([]);
  });

  it('U5 leaves no value behind', async () => {
    expect(JSON.stringify(await read())).not.toContain('needle');
  });
});

describe('the records', () => {
  it('U4 are a chain, in which the verifier finds what was dropped, changed and moved', async () => {
    const lines = (await readFile(join(folder, 'audit.jsonl'), 'utf8')).split('\n').filter(Boolean);
    expect(verifyChain(lines)).toEqual([]);
    const [one = '', two = '', three = '', ...rest] = lines;
    expect(verifyChain([one, three, ...rest])[0]).toContain('line 2 does not follow');
    expect(verifyChain([one, two.replace('"act"', '"acts"'), three])[0]).toBe('line 2 was changed');
    expect(verifyChain([one, three, two])[0]).toContain('line 2');
    expect(verifyChain([one, 'garbage', two])).toEqual(['line 2 is no record']);
  });

  it('are in the log too, whatever its level', async () => {
    await using quiet = await startWorld({ environment: { LOG_LEVEL: 'silent' } });
    await post(quiet.url, 'users.update', { userId: 'nobody000000', name: 'x' }, await quiet.token('users:write'));
    await vi.waitFor(() => expect(quiet.log).toHaveLength(1));
    expect(JSON.parse(quiet.log[0] ?? '')).toMatchObject({ msg: 'audit', audit: { action: 'users.update' } });
    expect(verifyChain(quiet.log)).toEqual([]);
  });

  it('count callers who were not let in, at the latest at the end', async () => {
    const stopped = await startWorld();
    for (let call = 0; call < 5; call += 1) await post(stopped.url, 'users.get', {}, 'forged');
    await stopped[Symbol.asyncDispose]();
    const records = stopped.log.map((line) => JSON.parse(line).audit).filter(Boolean);
    expect(records).toEqual([
      expect.objectContaining({ kind: 'authentication', outcome: 'denied', code: 'invalid_token', count: 5 }),
    ]);
  });
});

describe('U3 where records cannot be written', () => {
  const nowhere = { AUDIT_FILE: '/proc/nowhere/audit.jsonl' };

  it('nothing is done that cannot be put on record, if that is configured', async () => {
    await using strict = await startWorld({ environment: { ...nowhere, AUDIT_STRICT: 'true' } });
    const { status, error } = await post(
      strict.url,
      'users.create',
      {},
      await strict.token('users:write', 'users:read'),
    );
    expect(status).toBe(503);
    expect(error?.message).toBe('Nothing is done that cannot be put on record.');
    expect(strict.sandbox.apiRequests).toEqual([]);
    expect((await strict.client('users:read').users.list.query({ pageSize: 1 })).items).toHaveLength(1);
  });

  it('acts go on otherwise, and the log says so once', async () => {
    await using loose = await startWorld({ environment: nowhere });
    const by = await loose.token('users:write');
    for (let call = 0; call < 3; call += 1) expect((await post(loose.url, 'users.create', {}, by)).status).toBe(200);
    expect(loose.log.filter((line) => line.includes('the audit sink fails'))).toHaveLength(1);
  });
});

it('U2 an intent is on record before the act, where that is configured', async () => {
  const file = join(folder, 'strict.jsonl');
  await using strict = await startWorld({ environment: { AUDIT_FILE: file, AUDIT_STRICT: 'true' } });
  strict.sandbox.failNext(1, { kind: 'hang' });
  const by = await strict.token('users:write');
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${by}`, 'content-type': 'application/json', 'x-request-id': 'dangling' };
  void fetch(`${strict.url}/users.create`, { method: 'POST', headers, body: '{}', signal: leaving.signal }).catch(
    () => {},
  );
  await vi.waitFor(() => expect(strict.sandbox.apiRequests).toHaveLength(1), 10_000);
  expect((await read(file)).map(({ kind, requestId }) => [kind, requestId])).toEqual([['intent', 'dangling']]);
  leaving.abort();
  await vi.waitFor(async () => expect((await read(file)).map(({ kind }) => kind)).toEqual(['intent', 'act']), 20_000);
});

describeWithRedis('in a Redis stream', () => {
  it('records arrive, and those of an outage arrive after it', async () => {
    const redis = await startRedis();
    {
      await using streamed = await startWorld({ environment: { AUDIT_REDIS_URL: redis.url } });
      const by = await streamed.token('users:write');
      const create = () => post(streamed.url, 'users.create', {}, by);
      const written = async () =>
        (await redis.client.xrange('users-bff:audit', '-', '+')).map(([, fields]) => fields[1] ?? '');
      await create();
      await vi.waitFor(async () => expect(await written()).toHaveLength(1), 10_000);
      redis.freeze();
      await Promise.all([create(), create()]);
      await setTimeout(1_500);
      redis.thaw();
      await vi.waitFor(async () => expect((await written()).length).toBeGreaterThanOrEqual(3), 20_000);
      const unique = [...new Map((await written()).map((line) => [JSON.parse(line).sequence, line])).values()];
      expect(verifyChain(unique)).toEqual([]);
    }
    await redis.close();
  });
});
