import { permissions } from '@users-bff/bff';
import { operations } from '@users-bff/logto-users';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';
import { post, procedures } from './procedures.js';

let world: World;
let token: string;

beforeAll(async () => {
  world = await startWorld({ isHostile: true });
  token = await world.token(...permissions);
  await post(world.url, 'users.update', { userId: 'nobody000000', name: 'x' }, token);
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.sandbox.forgetRequests());

const call = async (name: string, input: object) => {
  const isQuery = procedures.find((row) => row.name === name)?.kind === 'query';
  if (!isQuery) return post(world.url, name, input, token);
  const response = await fetch(`${world.url}/${name}?input=${encodeURIComponent(JSON.stringify(input))}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  return { status: response.status, text, error: JSON.parse(text).error };
};

/** Names that climb, bend, break or end a path. */
const names = [
  '',
  '.',
  '..',
  '...',
  ' ',
  '  ',
  '/',
  '//',
  '\\',
  '..\\',
  '../',
  '../..',
  '../../',
  './x',
  'x/..',
  'x/../y',
  '..;',
  '..;/',
  ';x=1',
  '%2e',
  '%2e%2e',
  '%2E%2E',
  '.%2e',
  '%2e.',
  '%252e%252e',
  '%2f',
  '%5c',
  '%00',
  '%0d%0a',
  '%',
  '%zz',
  '%c0%ae',
  '%u002e',
  'a/b',
  'a\\b',
  'a?x=1',
  'a&b=1',
  'a#x',
  'a;b',
  'a=b',
  'a+b',
  'a%20b',
  'a:b',
  'a@b',
  'a|b',
  'a<b>',
  'a"b',
  "a'b",
  'a`b',
  'a{b}',
  'a[b]',
  'a^b',
  'a~b',
  'a!b',
  'a$b',
  'a*b',
  'a(b)',
  'a,b',
  '//evil.example',
  'http://evil.example',
  'https:evil',
  '\\\\evil',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'C:\\x',
  '../applications',
  '../users',
  '..%2fusers',
  'custom-data',
  'me',
  '*',
  '?',
  '#',
  '&',
  '=',
  ':userId',
  '{userId}',
  '$userId',
  '{{x}}',
  '<script>',
  '--',
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '$(id)',
  '`id`',
  '| id',
  '\ud83d\ude00',
  'ünïcödé',
  'ﬀ',
  '\u2025',
  '\uff0e\uff0e',
  '\u2215',
  '\u2044',
  '\u202e',
  '\u200b',
  '\ufeff',
  'e\u0301',
  '\u00e9',
  '\t',
  '\n',
  '\r\n',
  '\t..',
  '.\n.',
  '..\n',
  'a\nb',
  'a\r\nx-header: 1',
  '\u0000',
  'a\u0000b',
  '\u0001',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\ud800',
  '\udfff',
  'a\ud800b',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  '0',
  '-1',
  '1e9',
  'NaN',
  'x'.repeat(256),
  'x'.repeat(257),
  'x'.repeat(1_000),
  'x'.repeat(3_000),
  '../'.repeat(100),
  '%2e'.repeat(200),
  '.'.repeat(255),
];

/** Values that are no names. */
const others: unknown[] = [
  0,
  -1,
  1.5,
  true,
  false,
  null,
  [],
  ['x'],
  ['..'],
  {},
  { toString: 'x' },
  { length: 1 },
  [['..']],
  { userId: 'x' },
];

/** One segment of a path, and nothing of its own meaning to a router. */
const SEGMENT = '[^/?#]+';

const pathKeys = (path: string): string[] => Array.from(path.matchAll(/\{(\w+)\}/g), ([, key = '']) => key);

/** What a parameter's place in a path may hold. */
const shapeOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, SEGMENT)}(\\?.*)?$`);

/** Each parameter of each path, with an input whose other fields are good. */
const places = procedures.flatMap((row) => {
  const { path, method } = operations[row.operation as keyof typeof operations];
  return pathKeys(path).map((key) => ({ ...row, path, method, key }));
});

describe.each(places.map((place) => [place.name, place.key, place] as const))('P1 %s, %s', (name, key, place) => {
  const shape = shapeOf(place.path);
  // The sandbox serves a token whose name climbs through the route that takes it in the body.
  const bodyRoute = /^\/api\/users\/[^/?#]+\/personal-access-tokens(\/delete)?$/;

  it(`takes ${names.length + others.length} hostile values for what they are`, async () => {
    for (const value of [...names, ...others]) {
      world.sandbox.forgetRequests();
      const { status, error } = await call(name, { ...place.input, [key]: value });
      const title = `${JSON.stringify(value)?.slice(0, 60)} -> ${status} ${error?.data.code}`;
      expect(status, title).toBeLessThan(500);
      for (const request of world.sandbox.apiRequests) {
        expect(
          shape.test(request.url) || bodyRoute.test(request.url),
          `${title}: ${request.method} ${request.url}`,
        ).toBe(true);
        // A replacement of roles reads them first.
        const methods = name === 'users.roles.replace' ? ['GET', place.method] : [place.method];
        if (!bodyRoute.test(request.url)) expect(methods, title).toContain(request.method);
        if (typeof value !== 'string') throw new Error(`sent: ${title}`);
        const [path = ''] = request.url.split('?');
        const segments = path.split('/').map((segment) => decodeURIComponent(segment));
        expect(segments.includes(value) || bodyRoute.test(request.url), title).toBe(true);
        expect(
          segments.slice(1).some((segment) => segment === '.' || segment === '..' || segment === ''),
          title,
        ).toBe(false);
      }
    }
  }, 120_000);
});

describe('P4 a search', () => {
  const values = [
    'x&includePasswordHash=true',
    'x#',
    'x=y',
    'x+y',
    'x%26y',
    '%',
    '\\',
    "'",
    '"',
    '%%',
    '_',
    'x&search=y',
    '&mode=posix',
    'x\r\ny',
    '((a+)+)+$',
    'x'.repeat(10_000),
    '[',
    '(?',
    '\u0000',
    '\ud800',
    '',
  ];

  it.each(values)('for %j is one parameter, whatever is in it', async (value) => {
    for (const search of [
      { any: { like: value } },
      { name: { exact: value } },
      { username: { posix: value } },
      { primaryEmail: { exact: [value, 'b'] } },
    ]) {
      world.sandbox.forgetRequests();
      const { status } = await call('users.list', { search });
      expect(status).toBeLessThan(502);
      for (const { url } of world.sandbox.apiRequests) {
        const query = new URL(url, 'http://x').searchParams;
        expect(
          [...query.keys()].every((key) =>
            /^(page|page_size|search(\.\w+)?|mode(\.\w+)?|joint|isCaseSensitive)$/.test(key),
          ),
          url,
        ).toBe(true);
        expect(url).not.toMatch(/[?&]includePasswordHash=/);
        expect(new URL(url, 'http://x').pathname).toBe('/api/users');
      }
    }
  });

  it.each([
    { search: { passwordEncrypted: { like: '%' } } },
    { search: { __proto__x: { like: '%' } } },
    { 'search.passwordEncrypted': '%' },
    { includePasswordHash: true },
    { include_password_hash: 'true' },
    { search: { any: { like: '%', mode: 'posix' } } },
    { search: 'x' },
    { search: [] },
  ])('of %j is BAD_REQUEST', async (input) => {
    expect((await call('users.list', input)).status).toBe(400);
    expect(world.sandbox.apiRequests).toEqual([]);
  });
});

describe('P5 a page', () => {
  it.each([0, -1, 1.5, 1e21, '1', null, [], {}, true])('%j is BAD_REQUEST', async (value) => {
    for (const input of [{ page: value }, { cursor: value }, { pageSize: value }]) {
      expect((await call('users.list', input)).status).toBe(400);
    }
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('of 101 is BAD_REQUEST', async () => {
    expect((await call('users.list', { pageSize: 101 })).status).toBe(400);
  });
});

describe('whatever is sent', () => {
  const keys = [
    'userId',
    'name',
    'newName',
    'username',
    'primaryEmail',
    'primaryPhone',
    'password',
    'customData',
    'profile',
    'roleIds',
    'roleId',
    'target',
    'type',
    'secret',
    'codes',
    'isSuspended',
    'connectorId',
    'connectorData',
    'identity',
    'search',
    'page',
    'pageSize',
    'cursor',
    'expiresAt',
    'verificationId',
    'avatar',
    '__proto__',
    'constructor',
  ];
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
    { weight: 2, arbitrary: fc.constantFrom<unknown>(...names) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>('nobody000000', 'Totp', 'BackupCode', 1, true, []) },
  );
  const input = fc.oneof(
    { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 5 }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );

  it.each(procedures.map((row) => [row.name, row] as const))(
    '%s ends in an answer that was meant',
    async (name, row) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      const allowed = [
        'BAD_REQUEST',
        'NOT_FOUND',
        'UNPROCESSABLE_CONTENT',
        'CONFLICT',
        'FORBIDDEN',
        'PAYLOAD_TOO_LARGE',
        'TOO_MANY_REQUESTS',
        undefined,
      ];
      // Logto itself answers some patterns with 500.
      if (name === 'users.list' || name === 'users.roles.list') allowed.push('BAD_GATEWAY');
      await fc.assert(
        fc.asyncProperty(input, fc.boolean(), async (random, isPlausible) => {
          const isObject = typeof random === 'object' && random !== null && !Array.isArray(random);
          const sent = isPlausible && isObject ? { ...row.input, ...random } : random;
          const { error } = await call(name, sent as object);
          expect(allowed).toContain(error?.data.code);
          expect(error === undefined || typeof error.data.requestId === 'string').toBe(true);
        }),
        { numRuns: 60 },
      );
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
    },
    120_000,
  );
});
