import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calm, post } from '../e2e/procedures.js';
import { type Scene, setScene } from '../e2e/scene.js';
import { startWorld, type World } from '../world.js';

let world: World;
let scene: Scene;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  scene = await setScene(world);
  token = await world.token('users:read', 'users:write', 'users:roles', 'users:credentials');
});

afterAll(() => world[Symbol.asyncDispose]());

const call = (name: string, input: object) => post(world.url, name, input, token);

/** A user with roles, and what they are in Logto itself. */
const holder = async (...roleIds: string[]) => {
  const { id: userId } = await scene.user();
  await world.setUp('POST', `/users/${userId}/roles`, { roleIds });
  world.sandbox.forgetRequests();
  return { userId, roles: () => [...(world.sandbox.store.users.get(userId)?.roleIds ?? [])].sort() };
};

const isPut = ({ method }: { method?: string | undefined }): boolean => method === 'PUT';

describe('1 a replacement of roles that Logto would do by halves', () => {
  it('shows the danger without this server: the roles are gone', async () => {
    const [kept] = scene.roles;
    const { userId, roles } = await holder(kept);
    await expect(world.setUp('PUT', `/users/${userId}/roles`, { roleIds: [scene.machineRole] })).rejects.toThrow('422');
    expect(roles()).toEqual([]);
  });

  it('and refuses, costs no role, and nothing was taken away meanwhile', async () => {
    const [kept, other] = scene.roles;
    const { userId, roles } = await holder(kept);
    const { status, error } = await call('users.roles.replace', { userId, roleIds: [other, scene.machineRole] });
    expect(status).toBe(422);
    expect(error?.data).toMatchObject({ outcome: 'refused', logto: { code: 'user.invalid_role_type' } });
    expect(roles()).toEqual([kept]);
    // Whoever is killed at any moment has lost nothing: what can be refused comes before what takes away.
    expect(world.sandbox.apiRequests.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
  });

  it('and that lists an id twice, is not sent', async () => {
    const [kept, other] = scene.roles;
    const { userId, roles } = await holder(kept);
    expect((await call('users.roles.replace', { userId, roleIds: [other, other] })).status).toBe(400);
    expect(roles()).toEqual([kept]);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('and breaks off after the old ones are gone, gives them back, and says so', async () => {
    const [kept, other] = scene.roles;
    const { userId, roles } = await holder(kept);
    const user = world.sandbox.store.users.get(userId);
    world.sandbox.failNext(1, { kind: 'status', status: 500 }, (request) => {
      if (isPut(request) && user) user.roleIds = [];
      return isPut(request);
    });
    const { error } = await call('users.roles.replace', { userId, roleIds: [other] });
    expect(error?.data).toMatchObject({ outcome: 'refused', roles: { givenBack: [kept], lost: [] } });
    expect(roles()).toEqual([kept]);
    const record = world.log.map((line) => JSON.parse(line)).findLast(({ audit }) => audit?.target?.id === userId);
    expect(record.audit).toMatchObject({ outcome: 'failed', roles: { givenBack: [kept], lost: [] } });
  });

  it('and breaks off for good, says what is lost', async () => {
    const [kept, other] = scene.roles;
    const { userId } = await holder(kept);
    const user = world.sandbox.store.users.get(userId);
    world.sandbox.failNext(Number.POSITIVE_INFINITY, { kind: 'status', status: 500 }, (request) => {
      if (isPut(request) && user) user.roleIds = [];
      return isPut(request);
    });
    const { error } = await call('users.roles.replace', { userId, roleIds: [other] });
    world.sandbox.stopFailing();
    expect(error?.data).toMatchObject({ outcome: 'unknown', roles: { givenBack: [], lost: [kept] } });
  });

  it('and is done, but not answered, is known to be done', async () => {
    const [kept, other] = scene.roles;
    const { userId, roles } = await holder(kept);
    world.sandbox.failNext(1, { kind: 'lost' }, isPut);
    const { status } = await call('users.roles.replace', { userId, roleIds: [other] });
    expect(status).toBe(200);
    expect(roles()).toEqual([other]);
    expect(world.sandbox.apiRequests.filter(isPut)).toHaveLength(1);
  });

  it('is one request and a look where it takes nothing away', async () => {
    const [kept, other] = scene.roles;
    const { userId, roles } = await holder(kept);
    expect((await call('users.roles.replace', { userId, roleIds: [kept, other] })).status).toBe(200);
    expect(roles()).toEqual([kept, other].sort());
    expect(world.sandbox.apiRequests.map(({ method }) => method)).toEqual(['GET', 'PUT']);
  });
});

describe('1 at once', () => {
  it('twelve assignments of one role all succeed', async () => {
    const { userId, roles } = await holder();
    const [roleId] = scene.roles;
    const all = await Promise.all(
      Array.from({ length: 12 }, () => call('users.roles.assign', { userId, roleIds: [roleId] })),
    );
    expect(all.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(roles()).toEqual([roleId]);
  });

  it('two TOTP factors end as one', async () => {
    const { id: userId } = await scene.user();
    const all = await Promise.all(
      Array.from({ length: 2 }, () => call('users.mfaVerifications.create', { userId, type: 'Totp' })),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(world.sandbox.store.users.get(userId)?.mfaVerifications).toHaveLength(1);
  });

  it('those of different users do not wait for each other', async () => {
    const [roleId] = scene.roles;
    const users = await Promise.all(Array.from({ length: 10 }, () => holder()));
    world.sandbox.latencyMs = 200;
    const startedAt = performance.now();
    await Promise.all(users.map(({ userId }) => call('users.roles.assign', { userId, roleIds: [roleId] })));
    world.sandbox.latencyMs = 0;
    expect(performance.now() - startedAt).toBeLessThan(10 * 200);
  });
});

describe('what would harm is not sent:', () => {
  it.each([
    ['2 a name that fits by characters and not by UTF-16 units', 'users.create', { name: '\u{1F600}'.repeat(65) }],
    ['3 an empty id', 'users.get', { userId: '' }],
    ['3 the id "."', 'users.get', { userId: '.' }],
    ['3 the id ".."', 'users.delete', { userId: '..' }],
    ['4 an empty TOTP secret', 'users.mfaVerifications.create', { userId: 'u', type: 'Totp', secret: '' }],
    ['8 a page that is no whole number', 'users.list', { page: 1.5 }],
    [
      '8 a pattern that is no regular expression',
      'users.list',
      { search: { any: { posix: '(' }, isCaseSensitive: true } },
    ],
    ['9 an avatar that is a script', 'users.update', { userId: 'u', avatar: 'javascript:alert(1)' }],
    [
      '9 a target of other characters',
      'users.identities.replace',
      { userId: 'u', target: "a'b", identity: { userId: 'x' } },
    ],
  ])('%s', async (_, name, input) => {
    world.sandbox.forgetRequests();
    const all = await world.token('users:read', 'users:write', 'users:delete', 'users:credentials');
    const { status, error } = await post(world.url, name, input, all);
    expect([status, error?.data.code]).toEqual([400, 'BAD_REQUEST']);
    expect(world.sandbox.apiRequests).toEqual([]);
  });
});

it('5 a search of roles never shows one that the user does not have', async () => {
  const [kept, other] = scene.roles;
  const { userId } = await holder(kept);
  const { status, text } = await call('users.roles.list', {
    userId,
    search: { fields: { id: { exact: [kept] }, name: { like: '%' } }, joint: 'or' },
  });
  expect(text).not.toContain(other);
  expect(status).toBe(400);
});

it("6 a social connector's 401 does not cost the token", async () => {
  await calm(world, token);
  world.sandbox.failNext(1, {
    kind: 'status',
    status: 401,
    body: { code: 'connector.social_auth_code_invalid', message: 'No.' },
  });
  const { error } = await call('users.identities.link', { userId: 'u', connectorId: 'c', connectorData: {} });
  expect(error?.data).toMatchObject({ code: 'BAD_REQUEST', outcome: 'refused' });
  expect(world.sandbox.tokenRequests).toEqual([]);
  expect(world.sandbox.apiRequests).toHaveLength(1);
});

it('7 a 404 in plain text is no missing user, and a 405 no method that the caller chose', async () => {
  await calm(world, token);
  for (const status of [404, 405]) {
    world.sandbox.failNext(1, { kind: 'status', status, body: 'Nothing', headers: { 'content-type': 'text/plain' } });
    const { error } = await call('users.get', { userId: 'u' });
    expect(error?.data.code).toBe('BAD_GATEWAY');
  }
});

it('10 a user without identifiers is not made twice where the answer was lost', async () => {
  await calm(world, token);
  const before = world.sandbox.store.users.size;
  world.sandbox.failNext(1, { kind: 'lost' });
  const { error } = await call('users.create', { name: 'Once' });
  expect(error?.data).toMatchObject({ code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' });
  expect(world.sandbox.store.users.size).toBe(before + 1);
});
