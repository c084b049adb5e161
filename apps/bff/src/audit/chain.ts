import { hash, randomUUID } from 'node:crypto';
import type { AuditRecord } from './record.js';

/** A record with its place in the sequence of a process: none can be changed, dropped or moved unseen. */
export interface ChainedRecord extends AuditRecord {
  /** Of the process that wrote it. */
  readonly chain: string;
  readonly sequence: number;
  readonly previousHash: string;
  /** SHA-256 of everything else in it. */
  readonly hash: string;
}

const START = '0'.repeat(64);

const hashOf = (record: object): string => hash('sha256', JSON.stringify(record));

/** Makes a sequence. */
export const createChain = (): ((record: AuditRecord) => ChainedRecord) => {
  const chain = randomUUID();
  let sequence = 0;
  let previousHash = START;
  return (record) => {
    sequence += 1;
    const linked = { chain, sequence, previousHash, ...record };
    previousHash = hashOf(linked);
    return { ...linked, hash: previousHash };
  };
};

const parse = (line: string): ChainedRecord | undefined => {
  try {
    const parsed = JSON.parse(line) as { audit?: ChainedRecord } & ChainedRecord;
    return parsed.audit ?? parsed;
  } catch {
    return undefined;
  }
};

/**
 * Checks the lines of an audit log, of any number of processes.
 *
 * @returns What is wrong, with the number of the line from 1; nothing where nothing is. The last lines of a process
 * may be missing without a trace.
 */
export const verifyChain = (lines: readonly string[]): string[] => {
  const last = new Map<string, { sequence: number; hash: string }>();
  return lines.flatMap((line, index) => {
    const place = `line ${index + 1}`;
    const record = parse(line);
    if (!record?.hash) return [`${place} is no record`];
    const { hash, ...rest } = record;
    const before = last.get(record.chain) ?? { sequence: 0, hash: START };
    last.set(record.chain, { sequence: record.sequence, hash });
    if (hashOf(rest) !== hash) return [`${place} was changed`];
    if (record.sequence !== before.sequence + 1) return [`${place} does not follow: records are missing or moved`];
    return record.previousHash === before.hash ? [] : [`${place} does not follow the one before it`];
  });
};
