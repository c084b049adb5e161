import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What figures were had on: they mean nothing without. */
export const machine = {
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGB: Math.round(totalmem() / 2 ** 30),
};

/** A file in `bench/results/`. */
export const resultsFile = (name: string): string => {
  const folder = fileURLToPath(new URL('../results', import.meta.url));
  mkdirSync(folder, { recursive: true });
  return `${folder}/${name}`;
};

/** Writes figures to `bench/results/`, with the machine and the moment. */
export const record = (name: string, figures: unknown): void => {
  const text = JSON.stringify({ at: new Date().toISOString(), machine, figures }, undefined, 2);
  writeFileSync(resultsFile(`${name}.json`), `${text}\n`);
};
