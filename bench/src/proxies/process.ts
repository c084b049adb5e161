// What a process of the BFF costs: until it is ready, in memory, and what a second one brings.
import { createConnection } from 'node:net';
import { quantile, table } from '../print.js';
import { record } from '../results.js';
import { calls } from './calls.js';
import { measure } from './measure.js';
import { callerTokens, type Running, startBff, startProgram } from './scene.js';

const STARTS = 5;
const ROUNDS = 3;
const SECONDS = 3;
const CONNECTIONS = 50;
const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

const print = table(44, 14);
const megabytes = (bytes: number | undefined): number => Math.round((bytes ?? Number.NaN) / 1e6);
const median = (values: readonly number[]): number => quantile(values, 0.5);

const upstream = await startProgram('upstream');
const tokens = await callerTokens(upstream, 25);
const call = calls['users.get']?.bff;
if (!call) throw new Error('there is no users.get');

const starts: number[] = [];
const idle: number[] = [];
for (let start = 0; start < STARTS; start += 1) {
  const startedAt = performance.now();
  const running = await startBff(upstream.url);
  starts.push(performance.now() - startedAt);
  idle.push(megabytes(running.residentBytes()));
  await running.stop();
}

const load = (some: readonly Running[], seconds: number) =>
  Promise.all(
    some.map((running) =>
      measure(running, call, { tokens, connections: CONNECTIONS / some.length, seconds }).then(
        ({ callsPerSecond }) => callsPerSecond,
      ),
    ),
  ).then((speeds) => speeds.reduce((sum, speed) => sum + speed, 0));

const hasRedis = await new Promise<boolean>((resolve) => {
  const { hostname, port } = new URL(REDIS_URL);
  const socket = createConnection({ host: hostname, port: Number(port || 6379) });
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  socket.unref();
});
const shared: Record<string, string> = hasRedis
  ? { TOKEN_CACHE_URL: REDIS_URL, TOKEN_CACHE_KEYS: Buffer.alloc(32, 1).toString('base64') }
  : {};
const one = await startBff(upstream.url, shared);
const two = await startBff(upstream.url, shared);
await load([one, two], 10);
const alone: number[] = [];
const together: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  alone.push(await load([one], SECONDS));
  together.push(await load([one, two], SECONDS));
}
const facts = {
  coldStartMs: Math.round(median(starts)),
  idleMB: median(idle),
  underLoadMB: megabytes(one.residentBytes()),
  oneProcess: Math.round(median(alone)),
  twoProcesses: Math.round(median(together)),
  isTokenShared: hasRedis,
};
print('from nothing to ready', `${facts.coldStartMs} ms`);
print('in memory, idle', `${facts.idleMB} MB`);
print('in memory, after a load', `${facts.underLoadMB} MB`);
print('one process, calls/s', facts.oneProcess);
print(hasRedis ? 'two that share Redis, calls/s' : 'two (no Redis), calls/s', facts.twoProcesses);
record('process', facts);

await Promise.all([one.stop(), two.stop()]);
await upstream.stop();
process.exit(0);
