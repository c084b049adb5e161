import { readFileSync } from 'node:fs';

/** One exchange with a real Logto. */
export interface Recording {
  readonly operation: string;
  readonly case: string;
  readonly request: { method: string; path: string; body?: unknown; raw?: string; headers?: Record<string, string> };
  readonly response: { status: number; headers: Record<string, string>; body?: unknown };
}

/** All recorded exchanges, in the order in which they were made. */
export const recordings: Recording[] = readFileSync(
  new URL('../../../fixtures/recordings.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recording);
