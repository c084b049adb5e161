import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Sandbox } from '@users-bff/logto-sandbox';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { environmentOf, ready, startBff, startLogto, tokenOf } from '../bff-process.js';
import { post } from '../e2e/procedures.js';

/** What is read of a request to a collector (OTLP/HTTP with JSON). */
interface Export {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: { readonly spans: { name: string; traceId: string }[] }[];
  }[];
}

let logto: Sandbox;
let collector: Server;
let received: Export[];

beforeEach(async () => {
  logto = await startLogto();
  received = [];
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    if (request.url === '/v1/traces') received.push(JSON.parse(text.toString()));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
});

afterEach(async () => {
  collector.closeAllConnections();
  collector.close();
  await logto.close();
});

const endpoint = () => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

it('spans reach a collector by OTLP, the last ones when the process ends', async () => {
  const bff = await startBff({
    ...environmentOf(logto),
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  await ready(bff);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  await post(`${bff.url}/trpc`, 'users.list', {}, await tokenOf(logto), headers);
  bff.child.kill('SIGTERM');
  expect(await bff.exit).toBe(0);
  const all = received.flatMap(({ resourceSpans }) => resourceSpans);
  const spans = all.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const names = spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
  expect(names.sort()).toEqual(['GET /api/users', 'POST /trpc', 'token.get', 'users.list']);
  const attributes = Object.fromEntries(
    all.flatMap(({ resource }) => resource.attributes.map(({ key, value }) => [key, value.stringValue])),
  );
  expect(attributes).toMatchObject({ 'service.name': 'users-bff', 'deployment.environment.name': 'test' });
}, 30_000);

it('a collector that is away costs no call, and does not keep the process', async () => {
  const bff = await startBff({ ...environmentOf(logto), OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
  await ready(bff);
  expect((await post(`${bff.url}/trpc`, 'users.list', {}, await tokenOf(logto))).status).toBe(200);
  bff.child.kill('SIGTERM');
  expect(await bff.exit).toBe(0);
}, 30_000);
