import { createUsersClient, fieldErrors, isUsersError, listAllUsers, type User } from '@users-bff/trpc-client';
import { createFakeBff, FakeError } from '@users-bff/trpc-client/testing';
import { startTestBff } from '@users-bff/trpc-client/testing/server';
import { describe, expect, it } from 'vitest';

const user = (id: string): User => ({
  id,
  username: null,
  primaryEmail: null,
  primaryPhone: null,
  name: `User ${id}`,
  avatar: null,
  customData: {},
  identities: {},
  lastSignInAt: null,
  createdAt: 0,
  profile: {},
  applicationId: null,
  isSuspended: false,
});

const start = () => {
  const fake = createFakeBff({
    users: {
      get: ({ userId }) => {
        if (userId === 'nobody')
          throw new FakeError('NOT_FOUND', { logto: { status: 404, code: 'entity.not_found', message: 'No.' } });
        return user(userId);
      },
      list: (input) => ({ items: [user('a')], totalCount: 1, page: input?.page ?? 1, pageSize: 1 }),
      update: async ({ userId, name }) => {
        if (name === '')
          throw new FakeError('UNPROCESSABLE_CONTENT', { issues: [{ path: ['name'], message: 'Needed.' }] });
        return { ...user(userId), name: name ?? null };
      },
      roles: { assign: ({ roleIds }) => ({ roleIds }) },
    },
  });
  return {
    fake,
    client: createUsersClient({ url: 'https://bff.example/trpc', getAccessToken: () => 't', fetch: fake.fetch }),
  };
};

describe('a whole BFF in the process of a test', () => {
  it('is asked as any other, by callers with the permissions that the test gives them', async () => {
    await using bff = await startTestBff({ users: 10 });
    expect((await bff.client().users.list.query()).totalCount).toBe(10);
    const reader = bff.client('users:read');
    await expect(reader.users.delete.mutate({ userId: 'ada000000000' })).rejects.toThrow('users:delete');
  });
});

describe('a fake of the BFF', () => {
  it('answers single calls and batches, queries and mutations', async () => {
    const { fake, client } = start();
    const [one, other] = await Promise.all([
      client.users.get.query({ userId: 'a' }),
      client.users.get.query({ userId: 'b' }),
    ]);
    expect([one.name, other.name]).toEqual(['User a', 'User b']);
    expect(await client.users.roles.assign.mutate({ userId: 'a', roleIds: ['r'] })).toEqual({ roleIds: ['r'] });
    expect(fake.calls).toEqual([
      { path: 'users.get', input: { userId: 'a' } },
      { path: 'users.get', input: { userId: 'b' } },
      { path: 'users.roles.assign', input: { userId: 'a', roleIds: ['r'] } },
    ]);
  });

  it('fails as the BFF does, each call alone', async () => {
    const { client } = start();
    const results = await Promise.allSettled([
      client.users.get.query({ userId: 'a' }),
      client.users.get.query({ userId: 'nobody' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const reason: unknown = results[1]?.status === 'rejected' ? results[1].reason : undefined;
    expect(isUsersError(reason) && reason.data).toMatchObject({
      code: 'NOT_FOUND',
      httpStatus: 404,
      logto: { code: 'entity.not_found' },
    });
    const wrong = await client.users.update.mutate({ userId: 'a', name: '' }).catch((error: unknown) => error);
    expect(fieldErrors(wrong)).toEqual({ name: ['Needed.'] });
  });

  it('refuses what it has no function for, by name', async () => {
    await expect(start().client.users.delete.mutate({ userId: 'a' })).rejects.toThrow('the fake has no users.delete');
  });

  it('serves what is made of several calls', async () => {
    const ids: string[] = [];
    for await (const { id } of listAllUsers(start().client)) ids.push(id);
    expect(ids).toEqual(['a']);
  });
});
