// All benchmarks of how fast it is, one after another.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { machine } from './results.js';

const PARTS = ['proxies/main', 'proxies/page', 'proxies/process', 'token-cache/main', 'types/main'];

process.stdout.write(
  `Node.js ${machine.node}, ${machine.cores} cores of ${machine.processor}, ${machine.memoryGB} GB; ` +
    'upstream and callers run on the same ones.\n',
);
for (const part of PARTS) {
  process.stdout.write(`\n== ${part} ==\n`);
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`${part}.js`, import.meta.url))], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
