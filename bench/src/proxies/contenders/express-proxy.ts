// What one takes who needs a proxy in Express: no checks, no typed calls.
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const agent = process.env['FRESH_CONNECTIONS'] ? undefined : new Agent({ keepAlive: true, maxSockets: 64 });

const app = express();
app.use(
  createProxyMiddleware({
    target: process.env['UPSTREAM'] ?? '',
    changeOrigin: true,
    ...(agent && { agent }),
  }),
);
const server = app.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);
