import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

const STRICT = '--ignoreConfig --noEmit --strict --skipLibCheck --target es2022 --module nodenext'.split(' ');

/** What the compiler says of one file, as a strict project without a configuration would have it. */
export const compile = (file: string, ...flags: string[]): string =>
  spawnSync(process.execPath, [tsc, ...STRICT, ...flags, file], { encoding: 'utf8' }).stdout;
