import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { record } from '../results.js';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const folder = fileURLToPath(new URL('../../src/types', import.meta.url));
const FLAGS =
  '--ignoreConfig --noEmit --strict --skipLibCheck --target es2022 --module nodenext --types node --extendedDiagnostics';
const RUNS = 5;

const figures = (file: string): { instantiations: number; types: number; seconds: number } => {
  const runs = Array.from({ length: RUNS }, () => {
    const { status, stdout } = spawnSync(process.execPath, [tsc, ...FLAGS.split(' '), join(folder, file)], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stdout);
    const read = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1]);
    return { instantiations: read('Instantiations'), types: read('Types'), seconds: read('Check time') };
  });
  const [first] = runs.sort((one, other) => one.seconds - other.seconds).slice(Math.floor(RUNS / 2));
  return first ?? { instantiations: 0, types: 0, seconds: 0 };
};

const ours = figures('ours.ts');
const theirs = figures('theirs.ts');
const line = (name: keyof typeof ours) =>
  `${name.padEnd(16)} trpc-client ${ours[name]}, @logto/api ${theirs[name]} (${(theirs[name] / ours[name]).toFixed(1)} x)\n`;
process.stdout.write(`a file that uses ten procedures, checked by TypeScript (median of ${RUNS}):\n`);
process.stdout.write(line('instantiations') + line('types') + line('seconds'));
record('types', { ours, theirs });
