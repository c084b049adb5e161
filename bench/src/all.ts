// All benchmarks of how fast it is and what it costs, one after another.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { machine } from './results.js';

const PARTS = {
  'through this BFF, and what one would take instead': './proxies/main.js',
  'what a page waits': './proxies/page.js',
  'what a process costs': './proxies/process.js',
  'the token': './token-cache/main.js',
  "the client's types": './types/main.js',
  "the client's size": '../../scripts/check-packed-client.mjs',
  'a production install': '../../scripts/check-image.mjs',
};

process.stdout.write(
  `Node.js ${machine.node}, ${machine.cores} cores of ${machine.processor}, ${machine.memoryGB} GB; ` +
    'upstream and callers run on the same ones.\n',
);
for (const [title, file] of Object.entries(PARTS)) {
  process.stdout.write(`\n== ${title} ==\n`);
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
