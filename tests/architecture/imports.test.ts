import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => join(folder, file));

interface Import {
  readonly from: string;
  /** A source file of the project, or the name of a package. */
  readonly to: string;
  readonly isTypeOnly: boolean;
}

const IMPORT = /^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gms;

const importsOf = (file: string): Import[] =>
  Array.from(readFileSync(join(root, file), 'utf8').matchAll(IMPORT), ([, type, target = '']) => ({
    from: file,
    to: target.startsWith('.') ? relative(root, resolve(root, dirname(file), target.replace(/\.js$/, '.ts'))) : target,
    isTypeOnly: type !== undefined,
  }));

const packages = [
  'apps/bff',
  'packages/logto-users',
  'packages/token-cache',
  'packages/trpc-client',
  'packages/trpc-panel',
  'packages/logto-sandbox',
];

describe('between packages', () => {
  /** Who may import whom; `type` alone where it says so. */
  const arrows: Record<string, string[]> = {
    'apps/bff': [
      '@users-bff/logto-users',
      '@users-bff/token-cache',
      '@users-bff/token-cache/redis',
      '@users-bff/trpc-panel',
    ],
    'packages/logto-users': [],
    'packages/token-cache': [],
    // What stands in for the server in tests starts it.
    'packages/trpc-client': [
      'type @users-bff/bff/client-types',
      'type @users-bff/logto-users',
      '@users-bff/bff',
      '@users-bff/logto-sandbox',
    ],
    'packages/trpc-panel': [],
    'packages/logto-sandbox': [],
  };

  it.each(Object.entries(arrows))('%s imports only %j', (folder, allowed) => {
    const found = sources(`${folder}/src`)
      .filter((file) => file !== 'apps/bff/src/dev.ts')
      .flatMap(importsOf)
      .filter(({ to }) => to.startsWith('@users-bff/'))
      .map(({ to, isTypeOnly }) => (isTypeOnly && !allowed.includes(to) ? `type ${to}` : to));
    expect([...new Set(found)].filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it('only the development start imports the sandbox, and nothing imports the development start', () => {
    const all = packages.flatMap((folder) => sources(`${folder}/src`)).flatMap(importsOf);
    expect([...new Set(all.filter(({ to }) => to === '@users-bff/logto-sandbox').map(({ from }) => from))]).toEqual([
      'apps/bff/src/dev.ts',
      'packages/trpc-client/src/testing-server/index.ts',
    ]);
    expect(all.filter(({ to }) => to === 'apps/bff/src/dev.ts')).toEqual([]);
  });

  it.each([
    ['packages/logto-users', ['cockatiel', 'undici', 'zod']],
    ['packages/token-cache', ['ioredis', 'openid-client']],
    [
      'packages/trpc-client',
      [
        '@tanstack/react-query',
        '@trpc/client',
        '@trpc/server',
        '@trpc/server/observable',
        '@trpc/tanstack-react-query',
        'react',
      ],
    ],
    ['packages/trpc-panel', ['@trpc/server', 'sirv', 'zod']],
  ])('%s leans on nothing but %j', (folder, allowed) => {
    const found = sources(`${folder}/src`)
      .flatMap(importsOf)
      .map(({ to }) => to)
      .filter((to) => !to.endsWith('.ts') && !/^(@users-bff\/|node:)/.test(to));
    expect([...new Set(found)].filter((name) => !allowed.includes(name))).toEqual([]);
  });
});

/** What a file or folder imports of its own package beyond what it may. */
const strays = (src: string, place: string, allowed: readonly string[]): string[] => {
  const own = sources(src).filter((file) =>
    place.endsWith('/') ? file.startsWith(`${src}/${place}`) : file === `${src}/${place}.ts`,
  );
  expect(own.length).toBeGreaterThan(0);
  const mayImport = (to: string) =>
    allowed.some((name) => (name.endsWith('/') ? to.startsWith(`${src}/${name}`) : to === `${src}/${name}.ts`));
  return own
    .flatMap(importsOf)
    .filter(({ to }) => to.startsWith(`${src}/`) && !mayImport(to))
    .map(({ from, to }) => `${from} -> ${to}`);
};

describe('inside the token cache, tokens are asked for, kept and shared apart:', () => {
  it.each([
    ['errors', []],
    ['events', ['errors']],
    ['request/', ['errors', 'request/']],
    ['renewal/', ['errors', 'renewal/']],
    ['sharing/', ['errors', 'events', 'renewal/', 'request/request-token', 'sharing/']],
    ['redis/', ['errors', 'redis/', 'sharing/encrypted-store', 'sharing/store']],
    ['token-cache', ['errors', 'events', 'renewal/', 'request/request-token', 'sharing/']],
  ])('%s', (place, allowed) => {
    expect(strays('packages/token-cache/src', place, allowed)).toEqual([]);
  });

  it('the protocol and Redis have a room each', () => {
    const rooms = (name: string) =>
      sources('packages/token-cache/src')
        .flatMap(importsOf)
        .filter(({ to }) => to === name)
        .map(({ from }) => from.split('/').at(-2));
    expect([...new Set(rooms('openid-client'))]).toEqual(['request']);
    expect([...new Set(rooms('ioredis'))]).toEqual(['redis']);
  });
});

describe('inside the client, what frontends may do without is apart:', () => {
  const plain = ['client', 'errors', 'list-all-users', 'router-types'];
  it.each([
    ['index', plain],
    ['after-tick', []],
    ['call', ['router-types']],
    ['batch', ['after-tick', 'call', 'router-types']],
    ['send-by-link', ['call', 'router-types']],
    ['infinite-input', []],
    ['repeat', ['call', 'errors']],
    ['promise-client', ['call', 'infinite-input', 'router-types']],
    ['client', ['batch', 'call', 'promise-client', 'repeat', 'router-types', 'send-by-link']],
    ['list-all-users', ['client']],
    ['react/', ['client', 'react/', 'router-types']],
    ['testing/', ['router-types', 'testing/']],
    ['testing-server/', ['client']],
  ])('%s', (place, allowed) => {
    expect(strays('packages/trpc-client/src', place, allowed)).toEqual([]);
  });

  it('React has a room of its own', () => {
    const users = sources('packages/trpc-client/src')
      .flatMap(importsOf)
      .filter(({ to }) => /react/.test(to) && !to.endsWith('.ts'))
      .map(({ from }) => from.split('/').at(-2));
    expect([...new Set(users)]).toEqual(['react']);
  });
});

describe('inside the panel, the page is made of rooms:', () => {
  it.each([
    ['schema/', ['schema/']],
    ['ui/', []],
    ['session/', ['call/send', 'schema/resolve', 'session/', 'ui/']],
    ['input/', ['input/', 'panel-context', 'schema/', 'ui/']],
    ['navigation/', ['call/use-history', 'navigation/', 'panel-context']],
    ['result/', ['call/explain', 'call/send', 'navigation/', 'panel-context', 'result/', 'schema/', 'ui/']],
  ])('%s', (place, allowed) => {
    expect(strays('packages/trpc-panel/page', place, allowed)).toEqual([]);
  });
});

describe('inside the BFF, the way of a call goes one way:', () => {
  const src = 'apps/bff/src/';

  it.each([
    ['main', ['config/config', 'log', 'serve', 'telemetry/export-traces']],
    ['serve', ['app', 'config/', 'http/refuse-unreadable', 'log', 'telemetry/']],
    [
      'app',
      [
        'audit/',
        'authentication/',
        'authorization/',
        'current-request',
        'config/config',
        'http/',
        'log',
        'panel/',
        'rate-limits/',
        'readiness',
        'telemetry/metrics',
        'upstream',
        'warm-up',
      ],
    ],
    ['upstream', ['config/config', 'log', 'log-token-events', 'rate-limits/bulkhead', 'readiness', 'telemetry/']],
    [
      'http/',
      [
        'audit/audit',
        'authentication/',
        'authorization/',
        'current-request',
        'errors',
        'http/',
        'log',
        'rate-limits/',
        'readiness',
        'router/',
        'telemetry/',
        'trpc',
        'upstream',
      ],
    ],
    [
      'panel/',
      ['authorization/permissions', 'config/config', 'http/authenticate', 'http/refuse', 'panel/', 'router/', 'trpc'],
    ],
    ['router/', ['authorization/permissions', 'error-shape', 'forward', 'procedure-types', 'router/', 'trpc']],
    ['forward', ['authorization/', 'errors', 'procedure-types', 'trpc', 'ways/']],
    ['ways/', ['error-shape', 'errors', 'trpc', 'ways/']],
    [
      'trpc',
      [
        'audit/audit',
        'authentication/caller',
        'authorization/',
        'current-request',
        'error-shape',
        'errors',
        'rate-limits/',
        'telemetry/tracing',
      ],
    ],
    ['audit/', ['audit/', 'authentication/caller', 'error-shape', 'errors', 'log']],
    ['verify-audit', ['audit/chain']],
    ['rate-limits/', ['authentication/caller', 'authorization/permissions', 'errors', 'rate-limits/']],
    ['authentication/', ['authentication/']],
    ['authorization/', ['authentication/caller', 'authorization/', 'errors']],
    ['errors', ['error-shape', 'logto-fields']],
    ['error-shape', []],
    ['procedure-types', []],
    ['logto-fields', []],
    // Names and types alone: what a configuration can say.
    [
      'config/',
      [
        'authentication/trusted-issuer',
        'authorization/permissions',
        'authorization/step-up',
        'config/',
        'http/shed-load',
        'rate-limits/',
      ],
    ],
    ['current-request', ['telemetry/tracing']],
    ['log', ['telemetry/tracing']],
    // Observers: told by the steps, and calling none.
    ['telemetry/', ['telemetry/']],
    ['readiness', []],
    ['warm-up', []],
    ['log-token-events', ['log']],
  ])('%s', (place, allowed) => {
    expect(strays('apps/bff/src', place, allowed)).toEqual([]);
  });

  it('only trpc.ts makes procedures, only config.ts reads the environment', () => {
    const holding = (text: string) =>
      sources('apps/bff/src').filter((file) => readFileSync(join(root, file), 'utf8').includes(text));
    expect(holding('initTRPC')).toEqual([`${src}trpc.ts`]);
    expect(holding('process.env').sort()).toEqual([`${src}config/config.ts`, `${src}dev.ts`]);
  });
});

describe('nowhere', () => {
  it.each(packages)('%s imports itself in a circle', (folder) => {
    const edges = new Map(
      sources(`${folder}/src`).map((file) => [
        file,
        importsOf(file)
          .filter(({ to }) => to.endsWith('.ts'))
          .map(({ to }) => to),
      ]),
    );
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): string[] => {
      if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' -> ')];
      if (done.has(file)) return [];
      const circles = (edges.get(file) ?? []).flatMap((next) => walk(next, [...path, file]));
      done.add(file);
      return circles;
    };
    expect([...edges.keys()].flatMap((file) => walk(file, []))).toEqual([]);
  });

  it.each(packages)('%s has a file of more than 400 lines', (folder) => {
    const long = sources(`${folder}/src`).filter(
      (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 400,
    );
    expect(long).toEqual([]);
  });
});
