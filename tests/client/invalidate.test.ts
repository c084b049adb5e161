import { QueryClient } from '@tanstack/react-query';
import { appRouter } from '@users-bff/bff';
import {
  createUsersApi,
  invalidateAfter,
  touchedBy,
  type UsersApi,
  usersMutations,
} from '@users-bff/trpc-client/react';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const scene = () => {
  const queryClient = new QueryClient();
  const api: UsersApi = createUsersApi({ client: world.client(), queryClient });
  return { queryClient, api };
};

it('knows every mutation of the router', () => {
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>);
  const mutations = procedures.filter(([, { _def }]) => _def.type === 'mutation').map(([path]) => path);
  expect([...usersMutations].sort()).toEqual(mutations.sort());
});

it('the infinite queries of tRPC go through all pages of a list', async () => {
  const { queryClient, api } = scene();
  const { pages } = await queryClient.fetchInfiniteQuery({
    ...api.users.list.infiniteQueryOptions({ pageSize: 10 }, { getNextPageParam: ({ nextCursor }) => nextCursor }),
    pages: 3,
  });
  expect(pages.map(({ page }) => page)).toEqual([1, 2, 3]);
});

describe('after a mutation', () => {
  const stale = async (mutation: (typeof usersMutations)[number]) => {
    const { queryClient, api } = scene();
    const ada = { userId: 'ada000000000' };
    const bela = { userId: 'bela00000001' };
    await Promise.all([
      queryClient.fetchQuery(api.users.list.queryOptions({ pageSize: 1 })),
      queryClient.fetchQuery(api.users.get.queryOptions(ada)),
      queryClient.fetchQuery(api.users.get.queryOptions(bela)),
      queryClient.fetchQuery(api.users.roles.list.queryOptions(ada)),
      queryClient.fetchQuery(api.users.customData.get.queryOptions(ada)),
      queryClient.fetchQuery(api.users.mfaVerifications.list.queryOptions(ada)),
      queryClient.fetchQuery(api.session.whoami.queryOptions()),
    ]);
    await invalidateAfter(queryClient, api, mutation, ada.userId);
    return queryClient
      .getQueryCache()
      .getAll()
      .filter(({ state }) => state.isInvalidated)
      .map(({ queryKey }) => {
        const [path, options] = queryKey as [string[], { input?: { userId?: string } }?];
        return [path.join('.'), options?.input?.userId].filter(Boolean).join(' ');
      })
      .sort();
  };

  it.each([
    ['users.update', ['users.customData.get ada000000000', 'users.get ada000000000', 'users.list']],
    ['users.suspension.update', ['users.get ada000000000', 'users.list']],
    ['users.roles.assign', ['users.list', 'users.roles.list ada000000000']],
    ['users.mfaVerifications.create', ['users.mfaVerifications.list ada000000000']],
    ['users.password.verify', []],
    [
      'users.delete',
      [
        'users.customData.get ada000000000',
        'users.get ada000000000',
        'users.list',
        'users.mfaVerifications.list ada000000000',
        'users.roles.list ada000000000',
      ],
    ],
  ] as const)('%s just what it touched is stale', async (mutation, expected) => {
    expect(await stale(mutation)).toEqual(expected);
  });

  it('creating makes lists stale alone', () => {
    expect(touchedBy(scene().api, 'users.create', '')).toHaveLength(1);
  });
});
