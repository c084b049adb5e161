// All benchmarks of how fast it is and what it costs, one after another.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { machine, record } from './results.js';

const PARTS: Readonly<Record<string, string>> = {
  'through this BFF, and what one would take instead': './proxies/main.js',
  'what a page waits': './proxies/page.js',
  'what a process costs': './proxies/process.js',
  'the token': './token-cache/main.js',
  "the client's types": './types/main.js',
};
const SIZES: Readonly<Record<string, string>> = {
  "the client's size": '../../scripts/check-packed-client.mjs',
  'a production install': '../../scripts/check-image.mjs',
};

const run = (title: string, file: string, stdout: 'inherit' | 'pipe'): string => {
  process.stdout.write(`\n== ${title} ==\n`);
  const path = fileURLToPath(new URL(file, import.meta.url));
  const ended = spawnSync(process.execPath, [path], { stdio: ['inherit', stdout, 'inherit'], encoding: 'utf8' });
  if (ended.status !== 0) process.exitCode = 1;
  return ended.stdout ?? '';
};

process.stdout.write(
  `Node.js ${machine.node}, ${machine.cores} cores of ${machine.processor}, ${machine.memoryGB} GB; ` +
    'upstream and callers run on the same ones.\n',
);
for (const [title, file] of Object.entries(PARTS)) run(title, file, 'inherit');

const sizes: Record<string, string[]> = {};
for (const [title, file] of Object.entries(SIZES)) {
  const said = run(title, file, 'pipe');
  process.stdout.write(said);
  sizes[title] = said.trim().split('\n');
}
record('sizes', sizes);
