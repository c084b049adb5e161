import { appRouter, permissions } from '@users-bff/bff';
import { operations } from '@users-bff/logto-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';
import { post, procedures } from './procedures.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world[Symbol.asyncDispose]());

describe.each(procedures.map((row) => [row.name, row] as const))('%s', (name, { permission, input }) => {
  it('without a token is 401, with a bare challenge, and nothing reaches Logto', async () => {
    world.sandbox.forgetRequests();
    const { status, headers, error } = await post(world.url, name, input);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="users-bff"');
    expect(error?.data.code).toBe('UNAUTHORIZED');
    expect(world.sandbox.requests).toEqual([]);
  });

  it(`with every permission but ${permission} is 403, which names it`, async () => {
    const token = await world.token(...permissions.filter((other) => other !== permission));
    world.sandbox.forgetRequests();
    const { status, headers, error } = await post(world.url, name, input, token);
    expect(status).toBe(403);
    expect(error?.data.code).toBe('FORBIDDEN');
    expect(headers.get('www-authenticate')).toBe(
      `Bearer realm="users-bff", error="insufficient_scope", scope="${permission}"`,
    );
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it(`with ${permission} alone reaches Logto`, async () => {
    const token = await world.token(permission);
    world.sandbox.forgetRequests();
    const { status } = await post(world.url, name, input, token, { 'x-request-id': 'passes' });
    expect(status).not.toBe(401);
    expect(status).not.toBe(403);
    expect(world.sandbox.apiRequests.length).toBeGreaterThan(0);
  });
});

describe('the router', () => {
  it('has each operation once, as the design has it, and a permission for each', () => {
    const built = Object.entries(
      appRouter._def.procedures as unknown as Record<
        string,
        { _def: { type: string; meta?: { operation?: { name: string }; permission?: string } } }
      >,
    )
      .filter(([, { _def }]) => _def.meta?.operation)
      .map(([name, { _def }]) => ({
        name,
        kind: _def.type,
        operation: _def.meta?.operation?.name,
        permission: _def.meta?.permission,
      }));
    expect(built).toEqual(procedures.map(({ input: _input, ...row }) => row));
    expect(built.map(({ operation }) => operation).sort()).toEqual(Object.keys(operations).sort());
  });
});

describe('users.update', () => {
  it.each(['username', 'primaryEmail', 'primaryPhone'])(
    'of %s needs users:identifiers besides users:write',
    async (field) => {
      const input = { userId: 'nobody000000', [field]: null };
      const forbidden = await post(world.url, 'users.update', input, await world.token('users:write'));
      expect(forbidden.status).toBe(403);
      expect(forbidden.headers.get('www-authenticate')).toContain('scope="users:identifiers"');
      const allowed = await post(
        world.url,
        'users.update',
        input,
        await world.token('users:write', 'users:identifiers'),
      );
      expect(allowed.error?.data['logto']).toMatchObject({ status: 404 });
    },
  );
});

describe('session.whoami', () => {
  it('tells any authenticated caller who it is and what it may do', async () => {
    const me = await world.client('users:read', 'users:roles').session.whoami.query();
    expect(me).toEqual({
      issuer: world.sandbox.issuer,
      subject: 'caller',
      clientId: 'caller',
      permissions: ['users:read', 'users:roles'],
      expiresAt: expect.any(Number),
    });
    expect(me.expiresAt).toBeGreaterThan(Date.now());
  });

  it('is 401 without a token', async () => {
    expect((await post(world.url, 'session.whoami', {})).status).toBe(401);
  });
});

describe('who is unknown', () => {
  it.each(['users.get', 'users.nothing', 'nothing', 'users.get,users.nothing?batch=1'])(
    'learns not whether %s is a procedure',
    async (name) => {
      const { status, error } = await post(world.url, name, {});
      expect(status).toBe(401);
      expect(error?.message).toBe('A valid access token is needed.');
    },
  );
});

describe('a batch of a caller who may only read', () => {
  it('answers the queries and refuses the mutations, each by itself', async () => {
    const client = world.client('users:read');
    const [list, deletion, whoami] = await Promise.allSettled([
      client.users.list.query({ pageSize: 1 }),
      client.users.delete.mutate({ userId: 'nobody000000' }),
      client.session.whoami.query(),
    ]);
    expect(list.status).toBe('fulfilled');
    expect(whoami.status).toBe('fulfilled');
    expect(deletion).toMatchObject({ status: 'rejected', reason: { data: { code: 'FORBIDDEN' } } });
  });
});
