// Our BFF with everything on, beside what one would take instead; the upstream costs nothing.
import { table } from '../print.js';
import { record } from '../results.js';
import { calls, type Kind } from './calls.js';
import { type Figures, measure, medianOf } from './measure.js';
import { callerTokens, type Running, startBff, startProgram } from './scene.js';

const CONNECTIONS = (process.env['CONNECTIONS'] ?? '1,10,50,200').split(',').map(Number);
const SECONDS = Number(process.env['SECONDS'] ?? 2);
const WARM_UP_SECONDS = Number(process.env['WARM_UP_SECONDS'] ?? 15);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const OPERATIONS = process.env['OPERATIONS']?.split(',') ?? Object.keys(calls);

const print = table(34, 13);

interface Contender {
  readonly name: string;
  readonly kind: Kind;
  readonly running: Running;
}

const BASE = 'Express + http-proxy-middleware';
const AFTERNOON = "an afternoon's BFF";

const upstream = await startProgram('upstream');
const UPSTREAM = upstream.url;
const tokens = await callerTokens(upstream, 25);
const contenders: Contender[] = [
  { name: 'bare pipe', kind: 'proxy', running: await startProgram('contenders/pipe', { UPSTREAM }) },
  { name: '@fastify/http-proxy', kind: 'proxy', running: await startProgram('contenders/fastify-proxy', { UPSTREAM }) },
  { name: BASE, kind: 'proxy', running: await startProgram('contenders/express-proxy', { UPSTREAM }) },
  {
    name: 'the same as it is installed',
    kind: 'proxy',
    running: await startProgram('contenders/express-proxy', { UPSTREAM, FRESH_CONNECTIONS: '1' }),
  },
  { name: AFTERNOON, kind: 'bff', running: await startProgram('contenders/afternoon', { UPSTREAM }) },
  { name: 'this BFF', kind: 'bff', running: await startBff(UPSTREAM) },
];

for (const { running, kind } of contenders) {
  const call = calls['users.get']?.[kind];
  // A server is asked the same for months: what is measured is how it does then.
  if (call) await measure(running, call, { tokens, connections: 50, seconds: WARM_UP_SECONDS });
}

const recorded: object[] = [];
for (const operation of OPERATIONS) {
  const words = calls[operation];
  if (!words) throw new Error(`there is no ${operation}`);
  for (const connections of CONNECTIONS) {
    const runs = new Map<Contender, Figures[]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [{ running, kind }, figures] of runs) {
        figures.push(await measure(running, words[kind], { tokens, connections, seconds: SECONDS }));
      }
    }
    const medians = new Map([...runs].map(([{ name }, figures]) => [name, medianOf(figures)]));
    const speedOf = (name: string): number => medians.get(name)?.callsPerSecond ?? Number.NaN;
    const [base, afternoon] = [speedOf(BASE), speedOf(AFTERNOON)];
    process.stdout.write('\n');
    print(
      `${operation}, ${connections} connections`,
      'calls/s',
      'spread',
      'ratio',
      'to afternoon',
      'p50 ms',
      'p99 ms',
      'CPU µs',
      'failed',
    );
    recorded.push({ operation, connections, ratiosTo: BASE, medians: Object.fromEntries(medians) });
    for (const [name, { callsPerSecond, spread, p50Ms, p99Ms, cpuMicros, failed }] of medians) {
      print(
        name,
        Math.round(callsPerSecond),
        `${Math.round(spread * 100)} %`,
        (callsPerSecond / base).toFixed(2),
        (callsPerSecond / afternoon).toFixed(2),
        p50Ms,
        p99Ms,
        Math.round(cpuMicros),
        failed,
      );
    }
  }
}

record('proxies', recorded);

for (const { running } of contenders) await running.stop();
await upstream.stop();
