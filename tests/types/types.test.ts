import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { compile } from '../compile.js';

const here = dirname(fileURLToPath(import.meta.url));
it.each([
  ['a frontend', 'frontend.ts', ''],
  ['a service', 'service.ts', 'node'],
])(
  '%s compiles against the built packages: wrong inputs are errors, results are exact',
  (_, file, types) => {
    expect(compile(join(here, file), '--types', types)).toBe('');
  },
  60_000,
);

it('the cost of the types does not creep up', () => {
  const stdout = compile(join(here, 'frontend.ts'), '--types', '', '--extendedDiagnostics');
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
    /list: import\("[^"]+"\)\.Query<import\("@users-bff\/logto-users"\)\.ListUsersInput, import\("@users-bff\/logto-users"\)\.Page<import\("@users-bff\/logto-users"\)\.User>>/,
  ],
])('the hover of %s shows a name and not its forty fields', (_, declaration) => {
  const built = readFileSync(join(here, '../../apps/bff/dist/router/users.d.ts'), 'utf8');
  expect(built).toMatch(declaration);
  expect(built).not.toContain('any');
});
