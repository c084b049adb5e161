import { open } from 'node:fs/promises';
import { createRedisClient } from '@users-bff/token-cache/redis';
import { type Logger, unredacted } from '../log.js';
import type { ChainedRecord } from './chain.js';

/** Where records go. A write that resolves has arrived. */
export interface AuditSink {
  readonly name: string;
  write(record: ChainedRecord): Promise<void>;
  close(): Promise<void>;
}

/** The log, whatever its level: as lines of their own, under `audit`. */
export const logSink = (log: Logger): AuditSink => {
  const audit = unredacted(log, { level: 'info' });
  return {
    name: 'log',
    write: async (record) => audit.info({ audit: record }, 'audit'),
    close: async () => {},
  };
};

/** A file to which lines are added, each on disk before the next. Opened anew after a failure. */
export const fileSink = (path: string): AuditSink => {
  let file: ReturnType<typeof open> | undefined;
  return {
    name: 'file',
    async write(record) {
      file ??= open(path, 'a', 0o600);
      try {
        const handle = await file;
        await handle.appendFile(`${JSON.stringify(record)}\n`);
        await handle.datasync();
      } catch (error) {
        file = undefined;
        throw error;
      }
    },
    close: async () => void (await (await file)?.close()),
  };
};

const STREAM = 'users-bff:audit';
const MAX_LENGTH = 1_000_000;
const TIMEOUT_MS = 1_000;

/** A Redis stream, which keeps about the last million records. */
export const redisSink = (url: string): AuditSink => {
  const client = createRedisClient({ url, commandTimeoutMs: TIMEOUT_MS });
  return {
    name: 'redis',
    write: async (record) => {
      await client.xadd(STREAM, 'MAXLEN', '~', MAX_LENGTH, '*', 'record', JSON.stringify(record));
    },
    close: async () => client.disconnect(),
  };
};
