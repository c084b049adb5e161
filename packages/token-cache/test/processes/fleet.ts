import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TokenCacheEvent, TokenCacheOptions } from '../../src/index.js';
import type { RedisStoreOptions } from '../../src/redis/index.js';

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url));

/** What callers in one process, or in all, went through. */
export interface Report {
  readonly calls: number;
  /** 401s of the API. */
  readonly refusals: number;
  /**
   * Tokens for the API that had expired when they were given out. Not the refusals: a machine that stands still for a
   * moment lets the last second of a good token pass on its way.
   */
  readonly expired: number;
  /** The different tokens that were given out. */
  readonly tokens: string[];
  readonly failures: { reason?: string; message: string; retryAfterSeconds?: number; durationMs: number }[];
  readonly latencies: number[];
}

export interface Opening {
  readonly cacheOptions: Omit<TokenCacheOptions, 'store' | 'onEvent'>;
  readonly redisOptions?: RedisStoreOptions;
  /** Of the API. */
  readonly endpoint: string;
  readonly clockShiftMs?: number;
}

/** A process with a cache in it; it runs what was built. */
export interface Worker {
  open(opening: Opening): Promise<void>;
  close(): Promise<void>;
  burst(input: { count: number; viaApi?: boolean }): Promise<Report>;
  late(input: { token: string; count: number }): Promise<Report>;
  beginLoad(input: { concurrency: number; pauseMs: number; viaApi?: boolean }): Promise<void>;
  endLoad(): Promise<Report>;
  events(): Promise<TokenCacheEvent[]>;
  kill(): Promise<void>;
  readonly isAlive: boolean;
}

const startWorker = (): Worker => {
  const child: ChildProcess = fork(WORKER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { resolve: (output: never) => void; reject: (error: Error) => void }>();
  child.on('message', ({ id, output, error }: { id: number; output: never; error?: string }) => {
    const caller = waiting.get(id);
    if (error === undefined) caller?.resolve(output);
    else caller?.reject(new Error(error));
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process has ended'));
  });
  let lastId = 0;
  const tell =
    (command: string) =>
    <T>(input?: unknown): Promise<T> => {
      lastId += 1;
      const id = lastId;
      if (!child.connected) return Promise.reject(new Error('the process has ended'));
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child.send({ id, command, input });
      }).finally(() => waiting.delete(id));
    };
  return {
    open: tell('open'),
    close: tell('close'),
    burst: tell('burst'),
    late: tell('late'),
    beginLoad: tell('beginLoad'),
    endLoad: tell('endLoad'),
    events: tell('events'),
    get isAlive() {
      return child.connected;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
};

/** Several processes that do the same at once. */
export interface Fleet {
  readonly workers: readonly Worker[];
  /** Opens a cache in each, and resolves when all are ready. */
  open(opening: Opening): Promise<void>;
  /** Does one thing in all processes, and adds up what came of it. */
  together(act: (worker: Worker) => Promise<Report>): Promise<Report>;
  /** All events of one type. */
  events<Type extends TokenCacheEvent['type']>(type: Type): Promise<Extract<TokenCacheEvent, { type: Type }>[]>;
  /** Starts others in the place of those that were killed. */
  replaceDead(): void;
  close(): Promise<void>;
}

const sum = (reports: readonly Report[]): Report => ({
  calls: reports.reduce((total, { calls }) => total + calls, 0),
  refusals: reports.reduce((total, { refusals }) => total + refusals, 0),
  expired: reports.reduce((total, { expired }) => total + expired, 0),
  tokens: [...new Set(reports.flatMap(({ tokens }) => tokens))],
  failures: reports.flatMap(({ failures }) => failures),
  latencies: reports.flatMap(({ latencies }) => latencies),
});

/** Starts processes. */
export const startFleet = (size: number): Fleet => {
  const workers = Array.from({ length: size }, startWorker);
  return {
    workers,
    async open(opening) {
      await Promise.all(workers.map((worker) => worker.open(opening)));
    },
    together: async (act) => sum(await Promise.all(workers.map(act))),
    async events(type) {
      const all = (await Promise.all(workers.map((worker) => worker.events()))).flat();
      return all.filter((event) => event.type === type) as never;
    },
    replaceDead() {
      for (const [index, { isAlive }] of workers.entries()) if (!isAlive) workers[index] = startWorker();
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.kill()));
    },
  };
};
