// What one writes in an afternoon: Express, tRPC's adapter, zod, Logto's own client, and jose for callers' tokens.
import type { AddressInfo } from 'node:net';
import { createManagementApi } from '@logto/api/management';
import { initTRPC, TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { AUDIENCE } from '../../bff-process.js';

const endpoint = process.env['UPSTREAM'] ?? '';
const issuer = `${endpoint}/oidc`;
const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
const { apiClient } = createManagementApi('default', {
  clientId: 'app',
  clientSecret: 'secret',
  baseUrl: endpoint,
  apiIndicator: 'https://default.logto.app/api',
});

const t = initTRPC.context<{ caller: JWTPayload }>().create();
const allowed = (scope: string) =>
  t.procedure.use(({ ctx, next }) => {
    if (!String(ctx.caller['scope']).split(' ').includes(scope)) throw new TRPCError({ code: 'FORBIDDEN' });
    return next();
  });
const router = t.router({
  users: t.router({
    get: allowed('users:read')
      .input(z.object({ userId: z.string() }))
      .query(async ({ input: { userId } }) => {
        const { data } = await apiClient.GET('/api/users/{userId}', { params: { path: { userId } } });
        return data;
      }),
    list: allowed('users:read')
      .input(z.object({ page: z.number().optional(), pageSize: z.number().optional() }))
      .query(async ({ input: { page = 1, pageSize = 20 } }) => {
        const { data } = await apiClient.GET('/api/users', { params: { query: { page, page_size: pageSize } } });
        return data;
      }),
    update: allowed('users:write')
      .input(z.object({ userId: z.string(), name: z.string() }))
      .mutation(async ({ input: { userId, name } }) => {
        const { data } = await apiClient.PATCH('/api/users/{userId}', { params: { path: { userId } }, body: { name } });
        return data;
      }),
  }),
});

const app = express();
app.use(
  '/trpc',
  createExpressMiddleware({
    router,
    allowMethodOverride: true,
    async createContext({ req }) {
      const token = req.headers.authorization?.replace('Bearer ', '') ?? '';
      const { payload } = await jwtVerify(token, keys, { issuer, audience: AUDIENCE }).catch(() => {
        throw new TRPCError({ code: 'UNAUTHORIZED' });
      });
      return { caller: payload };
    },
  }),
);
const server = app.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);
