import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyRouter } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import { createTrpcPanel, type TrpcPanelOptions } from '../src/index.js';

/** A server with a router and its panel. */
export interface Served {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves a router at `/trpc`, and its panel at `/panel`. */
export const serve = async (router: AnyRouter, options: Partial<TrpcPanelOptions> = {}): Promise<Served> => {
  const app = express();
  app.use('/panel', createTrpcPanel({ router, url: '/trpc', ...options }));
  app.use('/trpc', createExpressMiddleware({ router, allowMethodOverride: true }));
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
