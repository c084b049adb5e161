import * as bff from '@users-bff/bff';
import * as logtoSandbox from '@users-bff/logto-sandbox';
import * as logtoUsers from '@users-bff/logto-users';
import * as tokenCache from '@users-bff/token-cache';
import * as tokenCacheRedis from '@users-bff/token-cache/redis';
import * as trpcClient from '@users-bff/trpc-client';
import { expect, it } from 'vitest';

it.each(Object.entries({ bff, logtoSandbox, logtoUsers, tokenCache, tokenCacheRedis, trpcClient }))(
  'what %s exports is what was meant',
  (_, exported) => {
    expect(Object.keys(exported).sort()).toMatchSnapshot();
  },
);

it('the operations are the 27 of the Users API', () => {
  expect(Object.keys(logtoUsers.operations).sort()).toMatchSnapshot();
});
