import autocannon from 'autocannon';
import type { Call } from './calls.js';
import type { Running } from './scene.js';

/** What came of one run. */
export interface Figures {
  /** Calls a second: a batch is several. */
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Microseconds of processor for one call; `undefined` where the system does not tell. */
  readonly cpuMicros: number | undefined;
  readonly failed: number;
}

/** Asks a contender the same again and again. */
export const measure = async (
  contender: Running,
  { method, path, body, weight }: Call,
  { tokens, connections, seconds }: { tokens: readonly string[]; connections: number; seconds: number },
): Promise<Figures> => {
  const cpuBefore = contender.cpuSeconds();
  const result = await autocannon({
    url: `${contender.url}${path}`,
    method,
    connections,
    duration: seconds,
    requests: tokens.map((token) => ({
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body }),
    })),
  });
  const cpuAfter = contender.cpuSeconds();
  const done = result['2xx'];
  return {
    callsPerSecond: (done * weight) / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuMicros:
      cpuBefore === undefined || cpuAfter === undefined ? undefined : ((cpuAfter - cpuBefore) * 1e6) / (done * weight),
    failed: result.non2xx + result.errors + result.timeouts,
  };
};

const middle = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The median of several runs, figure by figure, and how far the throughput went apart. */
export const medianOf = (runs: readonly Figures[]) => {
  const of = (pick: (figures: Figures) => number) => middle(runs.map(pick));
  const speeds = runs.map(({ callsPerSecond }) => callsPerSecond);
  const median = of(({ callsPerSecond }) => callsPerSecond);
  return {
    callsPerSecond: median,
    spread: (Math.max(...speeds) - Math.min(...speeds)) / median,
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    cpuMicros: of(({ cpuMicros = Number.NaN }) => cpuMicros),
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
  };
};
