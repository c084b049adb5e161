import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';
import { procedures } from './procedures.js';

/** A request as it goes over the wire. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The same Logto twice: what one of them is told has no bearing on the other. */
let plain: World;
let adapted: World;
let tokens: [string, string][];

const PERMISSIONS = ['users:read', 'users:write', 'users:credentials', 'users:roles', 'users:identifiers'];

beforeAll(async () => {
  [plain, adapted] = await Promise.all([startWorld({ isHostile: true }), startWorld({ isHostile: true })]);
  const both = (scopes: string[]) => Promise.all([plain.token(...scopes), adapted.token(...scopes)]);
  tokens = [await both(PERMISSIONS), await both(['users:read']), ['nonsense', 'nonsense']];
});

afterAll(async () => {
  await Promise.all([plain[Symbol.asyncDispose](), adapted[Symbol.asyncDispose]()]);
});

const send = (world: World, { method, path, headers, body }: Asked, token: string, more: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${token}`, ...headers, ...more };
    request(`${world.url}${path}`, { method, headers: all }, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) });
    })
      .on('error', reject)
      .end(body);
  });

/** What is of the moment or of the connection, and what is drawn. */
const OF_THE_MOMENT = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'ratelimit'];
const DRAWN: [RegExp, string][] = [
  [/"(createdAt|updatedAt|lastUsedAt|lastSignInAt|expiresAt)":(\d+|"[^"]+")/g, '"$1":0'],
  [/"(secret|secretQrCode|value)":"[^"]+"/g, '"$1":""'],
  [/"codes":\[[^\]]+\]/g, '"codes":[]'],
  [/"id":"[a-z0-9]{12,21}"/g, '"id":""'],
  [/"sid":"[^"]+"/g, ''],
  [/http:\/\/127\.0\.0\.1:\d+/g, ''],
  [/"(requestId|traceId)":"[^"]+"/g, '"$1":""'],
  [/"exp(iresAt)?":"?[^",}]+"?/g, ''],
];

const comparable = ({ status, headers, body }: Answer) => {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_MOMENT.includes(name));
  return {
    status,
    headers: Object.fromEntries(kept),
    hasRateLimit: headers['ratelimit'] !== undefined,
    body: DRAWN.reduce((all, [pattern, instead]) => all.replaceAll(pattern, instead), body),
  };
};

const names = [...procedures.map(({ name }) => name), 'session.whoami'];
const userIds = ['ada000000000', 'nobody000000', '..', ''];

const inputOf = (name: string): fc.Arbitrary<unknown> => {
  const { input = {} } = procedures.find((row) => row.name === name) ?? {};
  const known = fc.constantFrom(...userIds).map((userId) => ({ ...input, ...('userId' in input && { userId }) }));
  const odd = fc.oneof(
    fc.constantFrom(null, 0, 'text', [], [1], true, {}, { userId: null }, { userId: 'ada000000000', more: 1 }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  return fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: odd });
};

const oddNames = ['users', 'users.nothing', 'toString', '__proto__', 'users.get.more', '', '%75sers.list'];
const namesOf = (kind: string) => names.filter((name) => procedures.find((row) => row.name === name)?.kind === kind);

const callWith = (some: readonly string[]) =>
  fc.constantFrom(...some).chain((name) => inputOf(name).map((input) => ({ name, input })));

/** Calls that go into one batch, most of the time. */
const someCalls = fc
  .oneof(
    { weight: 4, arbitrary: fc.constant(callWith(namesOf('query'))) },
    { weight: 4, arbitrary: fc.constant(callWith(namesOf('mutation'))) },
    { weight: 1, arbitrary: fc.constant(callWith(names)) },
    { weight: 1, arbitrary: fc.constant(callWith([...names, ...oddNames])) },
  )
  .chain((call) => fc.oneof(fc.tuple(call), fc.array(call, { minLength: 1, maxLength: 6 })));

/** One call or several, by either method, with a fault now and then. */
const aRequest: fc.Arbitrary<Asked> = fc
  .record({
    calls: someCalls,
    isBatch: fc.boolean(),
    method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'POST', 'POST', 'PUT'),
    fault: fc.constantFrom(
      ...Array.from({ length: 12 }, () => 'none' as const),
      'half JSON' as const,
      'no body' as const,
      'a list' as const,
      'a type' as const,
      'batch twice' as const,
      'connection' as const,
      'no input' as const,
      'too many' as const,
    ),
    headers: fc.constantFrom<Record<string, string>>(
      {},
      {},
      { accept: '*/*' },
      { accept: 'text/html, application/json;q=0.9' },
      { origin: 'https://elsewhere.example' },
      { 'x-request-timeout': '5000' },
      { 'accept-language': 'de' },
      { cookie: 'a=b' },
    ),
  })
  .map(({ calls, isBatch, method, fault, headers }) => {
    const some =
      fault === 'too many' ? Array.from({ length: 21 }, () => calls[0]) : isBatch ? calls : calls.slice(0, 1);
    const path = some.map((call) => call?.name).join(',');
    const inputs = isBatch ? Object.fromEntries(some.map((call, index) => [index, call?.input])) : some[0]?.input;
    let json: string | undefined = JSON.stringify(fault === 'a list' ? [inputs] : inputs);
    // Writes side by side for one user end now so, now so.
    if (method !== 'GET' && some.length > 1) json = json?.replaceAll('ada000000000', 'nobody000000');
    if (fault === 'half JSON') json = json?.slice(0, -1);
    if (fault === 'no body' || fault === 'no input') json = undefined;
    const query = new URLSearchParams();
    if (isBatch || fault === 'too many') query.append('batch', '1');
    if (fault === 'batch twice') query.append('batch', '0');
    if (fault === 'connection') query.append('connectionParams', '{"a":"b"}');
    if (method === 'GET' && json !== undefined) query.append('input', json);
    const isBodied = method !== 'GET';
    const type = fault === 'a type' ? 'application/json; charset=utf-8' : 'application/json';
    return {
      method,
      path: `/${path}${query.size > 0 ? `?${query}` : ''}`,
      headers: { ...headers, ...(isBodied && { 'content-type': type }) },
      body: isBodied ? json : undefined,
    };
  });

it('answers are those of tRPC itself, in status, headers and body, over thousands of requests', async () => {
  let spared = 0;
  let count = 0;
  await fc.assert(
    fc.asyncProperty(aRequest, fc.constantFrom(0, 0, 0, 0, 0, 1, 1, 2), async (asked, who) => {
      const [one, other] = tokens[who] as [string, string];
      count += 1;
      const ids = { 'x-request-id': `request-${count}`, traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
      // With this header tRPC's adapter answers, which takes it to mean what goes without saying.
      const usually = { 'trpc-accept': 'application/json' };
      const [direct, usual] = await Promise.all([
        send(plain, asked, one, ids),
        send(adapted, asked, other, { ...ids, ...usually }),
      ]);
      if (direct.headers['transfer-encoding'] === undefined && usual.headers['transfer-encoding']) spared += 1;
      expect(comparable(direct)).toEqual(comparable(usual));
    }),
    { numRuns: 4_000, endOnFailure: false },
  );
  // Most were plain: else nothing has been compared.
  expect(spared).toBeGreaterThan(1_000);
}, 300_000);

it('streams are left to tRPC', async () => {
  const [[token] = ['']] = tokens;
  const headers = { 'content-type': 'application/json', 'trpc-accept': 'application/jsonl' };
  const asked = { method: 'POST', path: '/users.list,users.list?batch=1', headers, body: '{"0":{},"1":{}}' };
  const { status, headers: answered, body } = await send(plain, asked, token, {});
  expect(status).toBe(200);
  expect(answered['transfer-encoding']).toBe('chunked');
  expect(body.split('\n').length).toBeGreaterThan(2);
});
