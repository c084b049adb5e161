import { setTimeout } from 'node:timers/promises';
import type { TRPCError } from '@trpc/server';
import { ProcedureError } from '../errors.js';
import type { Logger } from '../log.js';
import { createChain } from './chain.js';
import { type Act, type AuditRecord, describeAct, describeEnd, madeTarget } from './record.js';
import type { AuditSink } from './sinks.js';

export type { Act };

/** How acts are put on record. */
export interface AuditOptions {
  readonly sinks: readonly AuditSink[];
  /** No act without a record of it beforehand. */
  readonly isStrict: boolean;
  readonly log: Logger;
  /** Told each record, and whether the sinks work. */
  readonly onRecord?: (record: AuditRecord) => void;
  readonly onSink?: (name: string, isWorking: boolean) => void;
}

/** The record of who did what to whom. */
export interface Audit {
  /**
   * Puts the intention on record, where that is a condition.
   *
   * @throws ProcedureError SERVICE_UNAVAILABLE where it cannot be: the act must not be done.
   */
  begin(act: Act): Promise<void>;
  /** Puts the act on record, with its end. */
  end(act: Act, end: { error?: TRPCError | undefined; data?: unknown; durationMs: number }): void;
  /** Counts a caller who was not let in; on record once a minute for each address. */
  notLetIn(ip: string | undefined, failure: string): void;
  /** Records that are not written yet. */
  readonly waiting: number;
  /** Waits for the acts that go on, and puts on record what is not yet, as far as it can be. */
  close(): Promise<void>;
}

/** How long an act waits for its record. */
const PATIENCE_MS = 2_000;
const RETRY_MS = 1_000;
const MAX_WAITING = 10_000;
const MINUTE_MS = 60_000;

/** Writes to one sink, in order; what cannot be written waits, up to a bound. */
const createWriter = (sink: AuditSink, { log, onSink }: AuditOptions) => {
  const chained = createChain();
  const waiting: { record: AuditRecord; done: () => void }[] = [];
  let isWriting = false;
  let isFailing = false;
  let isClosing = false;
  let pending: ReturnType<typeof chained> | undefined;

  const writeAll = async (): Promise<void> => {
    if (isWriting) return;
    isWriting = true;
    for (let next = waiting[0]; next; next = waiting[0]) {
      try {
        pending ??= chained(next.record);
        await sink.write(pending);
      } catch {
        if (!isFailing) {
          log.error({ sink: sink.name }, 'the audit sink fails: records wait');
          onSink?.(sink.name, false);
        }
        isFailing = true;
        if (isClosing) break;
        await setTimeout(RETRY_MS, undefined, { ref: false });
        continue;
      }
      if (isFailing) {
        log.info({ sink: sink.name, waiting: waiting.length - 1 }, 'the audit sink works again');
        onSink?.(sink.name, true);
      }
      isFailing = false;
      pending = undefined;
      waiting.shift();
      next.done();
    }
    // In one step with the look at what waits: a record that came between the two would be left behind.
    isWriting = false;
  };

  return {
    get waiting() {
      return waiting.length;
    },
    /** Resolves when it is written. */
    write: (record: AuditRecord): Promise<void> =>
      new Promise((done) => {
        if (waiting.length >= MAX_WAITING)
          return log.error({ sink: sink.name }, 'an audit record is lost: too many wait');
        waiting.push({ record, done });
        void writeAll();
      }),
    async close(): Promise<void> {
      isClosing = true;
      const until = performance.now() + PATIENCE_MS;
      while (waiting.length > 0 && performance.now() < until) await setTimeout(10);
      if (waiting.length > 0) log.error({ sink: sink.name, lost: waiting.length }, 'audit records are lost at the end');
      await sink.close().catch(() => {});
    },
  };
};

/** Makes the audit. */
export const createAudit = (options: AuditOptions): Audit => {
  const { sinks, isStrict } = options;
  const writers = sinks.map((sink) => createWriter(sink, options));
  const write = async (record: AuditRecord): Promise<void> => {
    options.onRecord?.(record);
    await Promise.all(writers.map((writer) => writer.write(record)));
  };

  const refusals = new Map<string, { ip: string | undefined; code: string; count: number }>();
  const tellRefusals = (): void => {
    for (const { ip, code, count } of refusals.values()) {
      const time = new Date().toISOString();
      void write({ kind: 'authentication', time, action: 'authenticate', ip, outcome: 'denied', code, count });
    }
    refusals.clear();
  };
  const everyMinute = setInterval(tellRefusals, MINUTE_MS).unref();
  const unfinished = new Set<Act>();

  return {
    async begin(act) {
      unfinished.add(act);
      if (!isStrict) return;
      const written = write({ kind: 'intent', ...describeAct(act) }).then(() => true);
      if (await Promise.race([written, setTimeout(PATIENCE_MS, false, { ref: false })])) return;
      throw new ProcedureError('SERVICE_UNAVAILABLE', 'Nothing is done that cannot be put on record.');
    },
    end(act, { error, data, durationMs }) {
      unfinished.delete(act);
      const known = describeAct(act);
      void write({
        kind: 'act',
        ...known,
        target: known.target ?? (error ? undefined : madeTarget(data)),
        ...describeEnd(error, act.isMutation),
        durationMs: Math.round(durationMs),
      });
    },
    notLetIn(ip, failure) {
      const key = `${ip} ${failure}`;
      const { count } = refusals.get(key) ?? { count: 0 };
      refusals.set(key, { ip, code: failure, count: count + 1 });
      if (refusals.size >= MAX_WAITING) tellRefusals();
    },
    get waiting() {
      return writers.reduce((sum, { waiting }) => sum + waiting, 0);
    },
    async close() {
      clearInterval(everyMinute);
      tellRefusals();
      // Those that were broken off end a moment later.
      const until = performance.now() + PATIENCE_MS;
      while (unfinished.size > 0 && performance.now() < until) await setTimeout(1);
      await Promise.all(writers.map((writer) => writer.close()));
    },
  };
};
