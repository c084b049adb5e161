import { isUsersError, type UsersError } from '@users-bff/trpc-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../world.js';
import { key, recordedRefusals, refusals, refusedEarly } from './refusals.js';
import { type Scene, setScene, unique } from './scene.js';

/** The error of a call that must fail. */
export const refusal = async (promise: Promise<unknown>): Promise<UsersError> => {
  const error = await promise.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (!isUsersError(error)) throw error;
  return error;
};

const HOUR = 3_600_000;

const tRPCCode: Record<number, string> = { 400: 'BAD_REQUEST', 404: 'NOT_FOUND', 422: 'UNPROCESSABLE_CONTENT' };

/** The whole way of a call, from the typed client to a Logto and back, for all procedures. */
export const describeUsersApi = (title: string, start: () => Promise<World>): void => {
  describe(title, () => {
    let world: World;
    let scene: Scene;

    beforeAll(async () => {
      world = await start();
      scene = await setScene(world);
    });

    afterAll(async () => {
      await scene?.remove();
      await world?.[Symbol.asyncDispose]();
    });

    describe('succeeds:', () => {
      it('users.list pages through what a search finds, newest first', async () => {
        const prefix = unique();
        for (const suffix of ['a', 'b', 'c']) await scene.user({ username: `${prefix}_${suffix}` });
        const search = { username: { like: `${prefix.replaceAll('_', '\\_')}%` } };
        const first = await scene.client.users.list.query({ search, pageSize: 2 });
        expect(first).toMatchObject({ totalCount: 3, page: 1, pageSize: 2, nextCursor: 2 });
        expect(first.items.map(({ username }) => username)).toEqual([`${prefix}_c`, `${prefix}_b`]);
        const second = await scene.client.users.list.query({ search, pageSize: 2, cursor: first.nextCursor });
        expect(second.items.map(({ username }) => username)).toEqual([`${prefix}_a`]);
        expect(second.nextCursor).toBeUndefined();
      });

      it('users.list without an input lists the first page', async () => {
        await scene.user();
        const { items, page, pageSize } = await scene.client.users.list.query();
        expect({ page, pageSize }).toEqual({ page: 1, pageSize: 20 });
        expect(items.length).toBeGreaterThan(0);
      });

      it.each([
        ['exact, any of several', (name: string) => ({ username: { exact: [name, 'nobody'] } })],
        ['exact in another case', (name: string) => ({ username: { exact: name.toUpperCase() } })],
        ['posix', (name: string) => ({ username: { posix: `^${name}$` } })],
        ['similarTo', (name: string) => ({ username: { similarTo: `(${name}|nobody)` }, isCaseSensitive: true })],
        ['any field', (name: string) => ({ any: { like: `%${name.slice(4)}%` } })],
        [
          'two fields joined by and',
          (name: string) => ({ username: { exact: name }, name: { exact: 'Searched' }, joint: 'and' as const }),
        ],
      ])('users.list finds by %s', async (_, search) => {
        const user = await scene.user({ username: unique(), name: 'Searched' });
        const { items } = await scene.client.users.list.query({ search: search(user.username as string) });
        expect(items.map(({ id }) => id)).toEqual([user.id]);
      });

      it('users.create and users.get', async () => {
        const fields = {
          username: unique(),
          name: 'Ünï 😀',
          avatar: 'https://example.com/a.png',
          customData: { plan: 'pro', nested: { a: [1, null] } },
          profile: { givenName: 'U', address: { country: 'DE' } },
        };
        const made = await scene.user(fields);
        expect(made).toMatchObject(fields);
        expect(await scene.client.users.get.query({ userId: made.id })).toMatchObject({ id: made.id, ...fields });
        const withSso = await scene.client.users.get.query({ userId: made.id, includeSsoIdentities: true });
        expect(withSso.ssoIdentities).toEqual([]);
      });

      it('users.update replaces, and clears with null', async () => {
        const { id: userId } = await scene.user({ name: 'Old', customData: { a: 1 } });
        const updated = await scene.client.users.update.mutate({ userId, name: null, customData: { b: 2 } });
        expect(updated).toMatchObject({ name: null, customData: { b: 2 } });
      });

      it('users.delete', async () => {
        const { id: userId } = await scene.user();
        expect(await scene.client.users.delete.mutate({ userId })).toBeUndefined();
        expect((await refusal(scene.client.users.get.query({ userId }))).data.code).toBe('NOT_FOUND');
      });

      it('users.customData.update merges one level deep, and users.customData.get shows it', async () => {
        const { id: userId } = await scene.user({ customData: { a: 1, n: { x: 1, y: 2 } } });
        const merged = await scene.client.users.customData.update.mutate({ userId, customData: { n: { x: 9 } } });
        expect(merged).toEqual({ a: 1, n: { x: 9 } });
        expect(await scene.client.users.customData.get.query({ userId })).toEqual(merged);
      });

      it('users.profile.update merges one level deep', async () => {
        const { id: userId } = await scene.user({ profile: { givenName: 'A' } });
        const profile = await scene.client.users.profile.update.mutate({ userId, profile: { familyName: 'B' } });
        expect(profile).toEqual({ givenName: 'A', familyName: 'B' });
      });

      it('users.password.exists, .update and .verify', async () => {
        const { id: userId } = await scene.user();
        expect(await scene.client.users.password.exists.query({ userId })).toEqual({ hasPassword: false });
        await scene.client.users.password.update.mutate({ userId, password: 'n3w-horse' });
        expect(await scene.client.users.password.exists.query({ userId })).toEqual({ hasPassword: true });
        expect(await scene.client.users.password.verify.mutate({ userId, password: 'n3w-horse' })).toBeUndefined();
      });

      it('users.suspension.update suspends and lifts', async () => {
        const { id: userId } = await scene.user();
        const suspended = await scene.client.users.suspension.update.mutate({ userId, isSuspended: true });
        expect(suspended.isSuspended).toBe(true);
        const lifted = await scene.client.users.suspension.update.mutate({ userId, isSuspended: false });
        expect(lifted.isSuspended).toBe(false);
      });

      it('users.roles.assign, .replace, .remove and .list', async () => {
        const { id: userId } = await scene.user();
        const [one, two] = scene.roles;
        const { roles } = scene.client.users;
        const before = (await roles.list.query({ userId })).items.map(({ id }) => id);
        const assigned = await roles.assign.mutate({ userId, roleIds: [one] });
        expect(assigned.roleIds).toEqual([one]);
        expect(assigned.addedRoleIds ?? [one]).toEqual([one]);
        expect((await roles.list.query({ userId, search: { id: { exact: one } } })).totalCount).toBe(1);
        expect(await roles.replace.mutate({ userId, roleIds: [one, two] })).toEqual({ roleIds: [one, two] });
        expect(await roles.remove.mutate({ userId, roleId: one })).toBeUndefined();
        const left = await roles.list.query({ userId, pageSize: 1 });
        expect(left).toMatchObject({ totalCount: 1, page: 1, pageSize: 1, items: [{ id: two }] });
        await roles.replace.mutate({ userId, roleIds: before });
      });

      it('users.identities.link', async ({ skip }) => {
        const connectorId = world.upstream.connectors?.social;
        if (!connectorId) return skip('needs a social connector in Logto that takes made-up data');
        const { id: userId } = await scene.user();
        const connectorData = { code: 'x', userId: unique() };
        const identities = await scene.client.users.identities.link.mutate({ userId, connectorId, connectorData });
        expect(Object.values(identities).map((identity) => identity.userId)).toEqual([connectorData.userId]);
      });

      it('users.identities.replace and .delete', async () => {
        const { id: userId } = await scene.user();
        const identity = { userId: unique(), details: { name: 'G' } };
        const identities = await scene.client.users.identities.replace.mutate({ userId, target: 'github', identity });
        expect(identities).toEqual({ github: identity });
        const user = await scene.client.users.identities.delete.mutate({ userId, target: 'github' });
        expect(user.identities).toEqual({});
      });

      it('users.organizations.list', async () => {
        const { id: userId } = await scene.user();
        expect(await scene.client.users.organizations.list.query({ userId })).toEqual([]);
        await world.setUp('POST', `/organizations/${scene.organization}/users`, { userIds: [userId] });
        const organizations = await scene.client.users.organizations.list.query({ userId });
        expect(organizations).toMatchObject([{ id: scene.organization, organizationRoles: [] }]);
      });

      it('users.mfaVerifications.create, .list and .delete', async () => {
        const { id: userId } = await scene.user();
        const { mfaVerifications } = scene.client.users;
        const totp = await mfaVerifications.create.mutate({ userId, type: 'Totp' });
        expect(totp).toMatchObject({ type: 'Totp', secretQrCode: expect.stringMatching(/^data:image\/png;base64,/) });
        const codes = await mfaVerifications.create.mutate({ userId, type: 'BackupCode' });
        expect(codes.type === 'BackupCode' && codes.codes).toHaveLength(10);
        const listed = await mfaVerifications.list.query({ userId });
        expect(listed.map(({ type, remainCodes }) => [type, remainCodes])).toEqual([
          ['Totp', undefined],
          ['BackupCode', 10],
        ]);
        for (const { id } of listed) await mfaVerifications.delete.mutate({ userId, verificationId: id });
        expect(await mfaVerifications.list.query({ userId })).toEqual([]);
      });

      it('users.personalAccessTokens.create, .list, .update and .delete', async () => {
        const { id: userId } = await scene.user();
        const { personalAccessTokens } = scene.client.users;
        const expiresAt = Date.now() + HOUR;
        const made = await personalAccessTokens.create.mutate({ userId, name: 'a/b', expiresAt });
        expect(made).toMatchObject({ userId, name: 'a/b', expiresAt, value: expect.stringMatching(/^pat_/) });
        const renamed = await personalAccessTokens.update.mutate({ userId, name: 'a/b', newName: 'c d' });
        expect(renamed.name).toBe('c d');
        expect((await personalAccessTokens.list.query({ userId })).map(({ name }) => name)).toEqual(['c d']);
        await personalAccessTokens.delete.mutate({ userId, name: 'c d' });
        expect(await personalAccessTokens.list.query({ userId })).toEqual([]);
      });

      it('a token named ".." is renamed and deleted, and its user lives', async () => {
        const { id: userId } = await scene.user();
        const { personalAccessTokens } = scene.client.users;
        await personalAccessTokens.create.mutate({ userId, name: '..' });
        expect((await personalAccessTokens.update.mutate({ userId, name: '..', newName: '.' })).name).toBe('.');
        await personalAccessTokens.delete.mutate({ userId, name: '.' });
        expect((await scene.client.users.get.query({ userId })).id).toBe(userId);
      });
    });

    describe('is refused as recorded:', () => {
      it.for(refusals.map((row) => [key(row.operation, row.status, row.code), row] as const))(
        '%s',
        async ([, { status, code, provoke, needsConnectors }], { skip }) => {
          if (needsConnectors && !world.upstream.connectors)
            return skip('needs connectors, of which none is known here');
          const error = await refusal(provoke(scene));
          expect(error.data.logto).toMatchObject({ status, code });
          expect(error.data.code).toBe(tRPCCode[status]);
          expect(error.data.requestId).toEqual(expect.any(String));
          expect(error.message).toBe(error.data.logto?.message);
        },
      );

      it('no recorded refusal is left out', () => {
        const provoked = new Set(refusals.map(({ operation, status, code }) => key(operation, status, code)));
        const left = [...recordedRefusals()].filter(
          (recorded) => !provoked.has(recorded) && !refusedEarly.some((pattern) => pattern.test(recorded)),
        );
        expect(left).toEqual([]);
        expect([...provoked].filter((row) => !recordedRefusals().has(row))).toEqual([]);
      });
    });
  });
};
