import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

const compile = (file: string, ...flags: string[]) =>
  spawnSync(
    process.execPath,
    [
      tsc,
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2022',
      '--module',
      'nodenext',
      '--types',
      '',
      ...flags,
      join(here, file),
    ],
    { encoding: 'utf8' },
  );

it.each([
  ['a frontend', 'frontend.ts', ''],
  ['a service', 'service.ts', 'node'],
])(
  '%s compiles against the built packages: wrong inputs are errors, results are exact',
  (_, file, types) => {
    const { stdout, status } = compile(file, '--types', types);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  },
  60_000,
);

it('the cost of the types does not creep up', () => {
  const { stdout } = compile('frontend.ts', '--extendedDiagnostics');
  const types = Number(/^Types:\s+(\d+)/m.exec(stdout)?.[1]);
  expect(types).toBeGreaterThan(0);
  expect(types).toBeLessThan(LIMIT);
}, 60_000);

/** A tenth more than what it was when it was last looked at. */
const LIMIT = 2_200;

it.each([
  [
    'users.get',
    /get: import\("[^"]+"\)\.Query<\{\s+userId: string;\s+includeSsoIdentities\?: boolean \| undefined;\s+\}, import\("@users-bff\/logto-users"\)\.User>/,
  ],
  [
    'users.list',
    /list: import\("[^"]+"\)\.Query<\{[^}]+\}, import\("@users-bff\/logto-users"\)\.Page<import\("@users-bff\/logto-users"\)\.User>>/,
  ],
])('the hover of %s shows a name and not its forty fields', (_, declaration) => {
  const built = readFileSync(join(here, '../../apps/bff/dist/router/users.d.ts'), 'utf8');
  expect(built).toMatch(declaration);
  expect(built).not.toContain('any');
});
