// The same in Fastify, whose proxy goes through undici.
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

const app = fastify();
await app.register(proxy, { upstream: process.env['UPSTREAM'] ?? '', undici: { connections: 64 } });
process.send?.({ url: await app.listen({ port: 0, host: '127.0.0.1' }) });
