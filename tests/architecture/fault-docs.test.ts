import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

it.each(['docs/faults.md', 'docs/attacks.md'])('%s names tests that are there', (file) => {
  const text = readFileSync(`${root}${file}`, 'utf8');
  const named = [...text.matchAll(/`((?:tests|packages|apps)\/[\w./-]+)`/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(0);
  const isThere = (path: string): boolean =>
    ['', '.test.ts', '.ts'].some((ending) => existsSync(`${root}${path}${ending}`));
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

it('docs/faults.md has all rows from R1 to R36', () => {
  const text = readFileSync(`${root}docs/faults.md`, 'utf8');
  const rows = [...text.matchAll(/^\| (R[\dR, ]+) \|/gm)].flatMap(([, names = '']) => names.split(', '));
  expect(rows).toEqual(Array.from({ length: 36 }, (_, index) => `R${index + 1}`));
});
