// What a caller waits with a Logto that takes 5 ms: one call, a batch, and a page that needs twenty users.
import { createManagementApi } from '@logto/api/management';
import { createUsersClient } from '@users-bff/trpc-client';
import { Pool } from 'undici';
import { quantile, table } from '../print.js';
import { record } from '../results.js';
import { calls } from './calls.js';
import { callerTokens, startBff, startProgram } from './scene.js';

const LATENCY_MS = 5;
const WARM_UP = 2_000;
/** So many, then the next contender's: each is asked as one asks who has a connection to itself. */
const IN_A_ROW = 20;
const RUNS = Number(process.env['RUNS'] ?? 300);
const USER_ID = 'ada000000000';
const USERS = 20;

const upstream = await startProgram('upstream');
const [token = ''] = await callerTokens(upstream, 1);
const pipe = await startProgram('contenders/pipe', { UPSTREAM: upstream.url });
const bff = await startBff(upstream.url);

/** One connection, asked again when it has answered. */
const asking = (url: string, kind: 'proxy' | 'bff', operation: string) => {
  const pool = new Pool(url, { connections: 1 });
  const { method, path, body } = calls[operation]?.[kind] ?? { method: 'GET', path: '/' };
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  return async (): Promise<void> => {
    const { statusCode, body: answer } = await pool.request({ method, path, headers, body: body ?? null });
    await answer.text();
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  };
};

const client = createUsersClient({ url: `${bff.url}/trpc`, getAccessToken: () => token });
const { apiClient } = createManagementApi('default', {
  clientId: 'app',
  clientSecret: 'secret',
  baseUrl: upstream.url,
  apiIndicator: 'https://default.logto.app/api',
});
const all = (one: () => Promise<unknown>) => async (): Promise<void> => {
  await Promise.all(Array.from({ length: USERS }, one));
};

const straight = 'straight to the upstream';
const piped = 'one call through the bare pipe';
const one = 'one call through this BFF';
const batch = 'a batch of 20 through it';
const ours = '20 calls of a page, trpc-client';
const theirs = '20 calls of a page, @logto/api straight';
const contenders = new Map<string, () => Promise<void>>([
  [straight, asking(upstream.url, 'proxy', 'users.get')],
  [piped, asking(pipe.url, 'proxy', 'users.get')],
  [one, asking(bff.url, 'bff', 'users.get')],
  [batch, asking(bff.url, 'bff', 'a batch of 20')],
  [ours, all(() => client.users.get.query({ userId: USER_ID }))],
  [theirs, all(() => apiClient.GET('/api/users/{userId}', { params: { path: { userId: USER_ID } } }))],
]);

// Without the latency, so that it is warm soon.
for (const ask of contenders.values()) for (let run = 0; run < WARM_UP; run += 1) await ask();
upstream.child.send({ latencyMs: LATENCY_MS });

const times = new Map<string, number[]>([...contenders.keys()].map((name) => [name, []]));
for (let run = 0; run < RUNS; run += IN_A_ROW) {
  for (const [name, ask] of contenders) {
    for (let turn = 0; turn < IN_A_ROW; turn += 1) {
      const startedAt = performance.now();
      await ask();
      times.get(name)?.push(performance.now() - startedAt);
    }
  }
}

const p50 = (name: string): number => quantile(times.get(name) ?? [], 0.5);
const p99 = (name: string): number => quantile(times.get(name) ?? [], 0.99);
const print = table(44, 12);
print(`a Logto that takes ${LATENCY_MS} ms, ${RUNS} rounds`, 'p50 ms', 'p99 ms');
for (const name of contenders.keys()) print(name, p50(name).toFixed(2), p99(name).toFixed(2));
process.stdout.write('\n');
const facts = {
  addedP50Ms: p50(one) - p50(straight),
  addedP99Ms: p99(one) - p99(straight),
  addedByPipeP50Ms: p50(piped) - p50(straight),
  addedByPipeP99Ms: p99(piped) - p99(straight),
  batchAgainstOne: p50(batch) / p50(one),
  pageAgainstLogtoApi: p50(ours) / p50(theirs),
};
print('added by the bare pipe', facts.addedByPipeP50Ms.toFixed(2), facts.addedByPipeP99Ms.toFixed(2));
print('added by this BFF', facts.addedP50Ms.toFixed(2), facts.addedP99Ms.toFixed(2));
print('a batch of 20 against one call', `${facts.batchAgainstOne.toFixed(2)} x`);
print('the page against @logto/api', `${facts.pageAgainstLogtoApi.toFixed(2)} x`);
record('page', {
  latencyMs: LATENCY_MS,
  ...facts,
  p50Ms: Object.fromEntries([...contenders.keys()].map((name) => [name, p50(name)])),
});

await pipe.stop();
await bff.stop();
await upstream.stop();
process.exit(0);
