import { readFileSync } from 'node:fs';
import { verifyChain } from './audit/chain.js';

const [path = '/dev/stdin'] = process.argv.slice(2);
const lines = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => line.includes('"previousHash"'));
const problems = verifyChain(lines);
process.stdout.write(`${lines.length} records, ${problems.length === 0 ? 'nothing missing or changed' : 'broken:'}\n`);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
