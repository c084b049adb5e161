import { trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { post } from '../e2e/procedures.js';
import { startWorld, type World } from '../world.js';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
let world: World;
let token: string;

beforeAll(async () => {
  trace.setGlobalTracerProvider(provider);
  world = await startWorld();
  token = await world.token('users:read', 'users:write');
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  trace.disable();
  await provider.shutdown();
});

beforeEach(() => {
  exporter.reset();
  world.sandbox.forgetRequests();
  world.log.length = 0;
});

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER_SPAN_ID = 'b7ad6b7169203331';

/** The spans of one request, once the last of them has ended. */
const spansOf = async (): Promise<ReadableSpan[]> => {
  await vi.waitFor(() => expect(exporter.getFinishedSpans().some(({ kind }) => kind === 1)).toBe(true));
  return exporter.getFinishedSpans();
};

const named = (spans: readonly ReadableSpan[], name: string): ReadableSpan => {
  const found = spans.filter((span) => span.name === name);
  expect(found, `${name} among ${spans.map((span) => span.name)}`).toHaveLength(1);
  return found[0] as ReadableSpan;
};

it("a call is one trace from the caller's span to Logto", async () => {
  const userId = [...world.sandbox.store.users.keys()][0] as string;
  const { status } = await post(world.url, 'users.update', { userId, name: 'secret-name' }, token, {
    traceparent: `00-${TRACE_ID}-${CALLER_SPAN_ID}-01`,
    tracestate: 'vendor=opaque',
    baggage: 'user=secret-baggage',
  });
  expect(status).toBe(200);
  const spans = await spansOf();
  for (const span of spans) expect(span.spanContext().traceId).toBe(TRACE_ID);
  const inbound = named(spans, 'POST /trpc');
  const procedure = named(spans, 'users.update');
  const token_ = named(spans, 'token.get');
  const upstream = named(spans, 'PATCH /api/users/{userId}');
  expect(inbound.parentSpanContext?.spanId).toBe(CALLER_SPAN_ID);
  expect(procedure.parentSpanContext?.spanId).toBe(inbound.spanContext().spanId);
  expect(token_.parentSpanContext?.spanId).toBe(procedure.spanContext().spanId);
  expect(upstream.parentSpanContext?.spanId).toBe(procedure.spanContext().spanId);
  expect(procedure.attributes).toEqual({ 'rpc.system.name': 'trpc', 'rpc.method': 'users.update' });
  expect(token_.attributes).toEqual({ 'cache.result': 'memory' });
  expect(upstream.attributes).toEqual({
    'http.request.method': 'PATCH',
    'url.template': '/api/users/{userId}',
    'server.address': '127.0.0.1',
    'http.request.resend_count': 0,
    'http.response.status_code': 200,
  });

  const [{ headers } = { headers: {} as Record<string, string> }] = world.sandbox.apiRequests;
  expect(headers['traceparent']).toBe(`00-${TRACE_ID}-${upstream.spanContext().spanId}-01`);
  expect(headers['tracestate']).toBe('vendor=opaque');
  expect(headers['baggage']).toBeUndefined();

  // Ids and values of people are in no span.
  const text = JSON.stringify(
    spans.map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
  );
  for (const secret of [userId, 'secret-name', 'secret-baggage', token]) expect(text).not.toContain(secret);
});

it('a call that fails has its trace in the error and in every line of the log', async () => {
  const { error } = await post(world.url, 'users.get', { userId: 'nobody' }, token, {
    traceparent: `00-${TRACE_ID}-${CALLER_SPAN_ID}-01`,
  });
  expect(error?.data).toMatchObject({ code: 'NOT_FOUND', traceId: TRACE_ID });
  const spans = await spansOf();
  expect(named(spans, 'users.get').attributes['error.type']).toBe('NOT_FOUND');
  expect(named(spans, 'GET /api/users/{userId}').attributes).toMatchObject({
    'http.response.status_code': 404,
    'error.type': '404',
  });
  const lines = world.log.map((line) => JSON.parse(line));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(line).toMatchObject({ traceId: TRACE_ID, spanId: expect.stringMatching(/^\w{16}$/) });
});

it('each request to Logto is a span of its own when it is repeated', async () => {
  world.sandbox.failNext(1, { kind: 'status', status: 503 });
  await post(world.url, 'users.list', {}, token);
  const requests = (await spansOf()).filter(({ name }) => name === 'GET /api/users');
  expect(requests.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([0, 1]);
  expect(requests.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([503, 200]);
});

it('without a traceparent, and with a broken one, a new trace begins', async () => {
  for (const traceparent of [undefined, 'nonsense', `00-${'0'.repeat(32)}-${CALLER_SPAN_ID}-01`, 'x'.repeat(5_000)]) {
    exporter.reset();
    const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
    const { error } = await post(world.url, 'users.get', { userId: 'nobody' }, token, headers);
    const inbound = named(await spansOf(), 'POST /trpc');
    expect(inbound.parentSpanContext).toBeUndefined();
    expect(error?.data['traceId']).toBe(inbound.spanContext().traceId);
  }
});

it('the calls of a batch are side by side in one trace', async () => {
  const response = await fetch(`${world.url}/users.list,users.list,users.list?batch=1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ 0: {}, 1: {}, 2: {} }),
  });
  expect(await response.json()).toHaveLength(3);
  const spans = await spansOf();
  const inbound = named(spans, 'POST /trpc').spanContext();
  const calls = spans.filter(({ name }) => name === 'users.list');
  const requests = spans.filter(({ name }) => name === 'GET /api/users');
  expect(calls.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(Array(3).fill(inbound.spanId));
  // Each belongs to its own call.
  expect(new Set(requests.map(({ parentSpanContext }) => parentSpanContext?.spanId))).toEqual(
    new Set(calls.map((call) => call.spanContext().spanId)),
  );
});
