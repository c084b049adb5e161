import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { appRouter } from '@users-bff/bff';
import { MANAGEMENT_API, managementApplication, startSandbox } from '@users-bff/logto-sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithRedis, startRedis } from '../../packages/token-cache/test/redis/redis-server.js';
import { compile } from '../compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** The code block that a comment marks as run by this test. */
const block = (name: string): string => {
  const [, code] = new RegExp(`<!-- run: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]+?)\`\`\``).exec(readme) ?? [];
  if (!code) throw new Error(`the README has no block ${name}`);
  return code;
};

describe('what to type next', () => {
  let dev: ChildProcess;
  let bff: string;
  let sandbox: string;

  beforeAll(async () => {
    const env = { PATH: process.env['PATH'], PORT: '0', SANDBOX_PORT: '0' };
    dev = spawn(process.execPath, [join(root, 'apps/bff/dist/dev.js')], { env });
    let text = '';
    for await (const chunk of dev.stdout ?? []) {
      text += chunk;
      if (text.includes('Press Ctrl-C')) break;
    }
    [bff = '', sandbox = ''] = text.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
  });

  afterAll(async () => {
    dev.kill('SIGINT');
    await once(dev, 'exit');
  });

  const here = (code: string): string =>
    code.replaceAll('http://127.0.0.1:3000', bff).replaceAll('http://127.0.0.1:3001', sandbox);

  it.skipIf(!hasCurl)('by curl works as pasted (needs curl: install it to run this)', () => {
    const { stdout } = spawnSync('sh', ['-c', here(block('first calls')).replaceAll('\n#', '\necho\n#')], {
      encoding: 'utf8',
    });
    const [list, suspended] = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(list.result.data.items).toHaveLength(3);
    expect(suspended.result.data).toMatchObject({ id: 'ada000000000', isSuspended: true });
  });

  it('by the typed client works as pasted, in the folder of the clone', () => {
    const folder = mkdtempSync(join(root, 'first-call-'));
    try {
      const file = join(folder, 'first-call.mjs');
      writeFileSync(file, here(block('first-call.mjs')));
      const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout).toMatch(
        /^\d+ users are called Ada; the newest is Ada \w+\nada_\w+ is suspended\nFORBIDDEN: This needs the permission users:write\.\n$/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the snippets of the client', () => {
  const text = readFileSync(join(root, 'packages/trpc-client/README.md'), 'utf8');
  const snippets = [...text.matchAll(/<!-- compile: (\S+) -->\n```tsx?\n([\s\S]+?)```/g)];

  it('are there', () => expect(snippets.length).toBeGreaterThan(0));

  it.each(snippets.map(([, name = '', code = '']) => [name, code]))('%s compiles as pasted', (name, code) => {
    const folder = mkdtempSync(join(root, 'first-call-'));
    try {
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      const file = join(folder, name);
      writeFileSync(file, code);
      expect(compile(file, '--types', 'node', '--jsx', 'react-jsx', '--lib', 'es2024,dom,dom.asynciterable')).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describeWithRedis('a service without the hop', () => {
  it('works as pasted, in the folder of the clone', async () => {
    const sandbox = await startSandbox({ port: 0, announce: () => {} });
    const redis = await startRedis();
    const folder = mkdtempSync(join(root, 'service-'));
    try {
      const file = join(folder, 'service.mjs');
      writeFileSync(file, block('service.mjs'));
      const env = {
        PATH: process.env['PATH'],
        LOGTO_ENDPOINT: sandbox.endpoint,
        LOGTO_APP_ID: managementApplication.clientId,
        LOGTO_APP_SECRET: managementApplication.clientSecret,
        LOGTO_RESOURCE: MANAGEMENT_API,
        TOKEN_CACHE_URL: redis.url,
        TOKEN_CACHE_KEYS: Buffer.alloc(32, 1).toString('base64'),
      };
      const run = () => promisify(execFile)(process.execPath, [file], { env });
      expect((await run()).stdout).toMatch(/^\d+ users are called Ada\n$/);
      expect((await run()).stderr).toBe('');
      expect(sandbox.tokenRequests).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true });
      await redis.close();
      await sandbox.close();
    }
  });
});

interface Procedure {
  _def: {
    type: string;
    meta?: {
      operation?: { method: string; path: string };
      permission?: string;
      fieldPermissions?: Record<string, string>;
    };
  };
}

it('the table of procedures is the router', () => {
  const written = Array.from(
    readme.matchAll(/^\| `(users\.[\w.]+)`( \(query\))? \| `([^`]+)` \| `([^`]+)`/gm),
    ([, name, query, route, permission]) => [name, query ? 'query' : 'mutation', route, permission],
  );
  const built = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>).flatMap(
    ([
      name,
      {
        _def: { type, meta },
      },
    ]) => (meta?.operation ? [[name, type, `${meta.operation.method} ${meta.operation.path}`, meta.permission]] : []),
  );
  expect(written).toEqual(built);
});

it('the table of variables is what the server reads', () => {
  const source = readFileSync(join(root, 'apps/bff/src/config/config.ts'), 'utf8');
  const read = Array.from(
    source.matchAll(/(?:optional|required|perMinute)\(\s*'([A-Z_]+)'|environment\['([A-Z_]+)'\]/g),
    ([, name, direct]) => name ?? direct,
  );
  const [section = ''] = readme.split('## What the server reads')[1]?.split('\n## ') ?? [];
  const written = Array.from(section.matchAll(/`([A-Z_]{4,})`/g), ([, name]) => name);
  expect(new Set(written)).toEqual(new Set(read));
  const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  expect([...new Set(read)].filter((name) => !new RegExp(`\\b${name}\\b`).test(operations))).toEqual([]);
});

it('the example of the REST client compiles', () => {
  const text = readFileSync(join(root, 'packages/logto-users/README.md'), 'utf8');
  const [, code = ''] = /```ts\n([\s\S]+?)```/.exec(text) ?? [];
  expect(code.trim().split('\n').length).toBeLessThanOrEqual(12);
  const folder = mkdtempSync(join(root, 'tests/readme/example-'));
  try {
    const file = join(folder, 'example.mts');
    writeFileSync(file, code);
    expect(compile(file, '--types', 'node', '--jsx', 'react-jsx', '--lib', 'es2024,dom,dom.asynciterable')).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
