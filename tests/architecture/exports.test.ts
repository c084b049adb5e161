import * as bff from '@users-bff/bff';
import * as logtoSandbox from '@users-bff/logto-sandbox';
import * as logtoUsers from '@users-bff/logto-users';
import * as tokenCache from '@users-bff/token-cache';
import * as tokenCacheRedis from '@users-bff/token-cache/redis';
import * as trpcClient from '@users-bff/trpc-client';
import * as trpcClientReact from '@users-bff/trpc-client/react';
import * as trpcClientTesting from '@users-bff/trpc-client/testing';
import * as trpcClientTestingServer from '@users-bff/trpc-client/testing/server';
import * as trpcPanel from '@users-bff/trpc-panel';
import { expect, it } from 'vitest';

it.each(
  Object.entries({
    bff,
    logtoSandbox,
    logtoUsers,
    tokenCache,
    tokenCacheRedis,
    trpcClient,
    trpcClientReact,
    trpcClientTesting,
    trpcClientTestingServer,
    trpcPanel,
  }),
)('what %s exports is what was meant', (_, exported) => {
  expect(Object.keys(exported).sort()).toMatchSnapshot();
});

it('the operations are the 27 of the Users API', () => {
  expect(Object.keys(logtoUsers.operations).sort()).toMatchSnapshot();
});
