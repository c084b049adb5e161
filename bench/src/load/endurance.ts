// One million calls through one process: what it holds afterwards is what it held before.
import { Pool } from 'undici';
import { table } from '../print.js';
import { type Scene, startScene } from './scene.js';

const print = table(28, 14);
const CALLS = Number(process.env['CALLS'] ?? 1_000_000);
const BATCH = 20;
const ROUNDS = 20;
const AT_A_TIME = 16;

const scene = await startScene({ MAX_EVENT_LOOP_DELAY_MS: '10000' });
const pool = new Pool(scene.url, { connections: AT_A_TIME });
const names = Array.from({ length: BATCH }, (_, index) => (index === 0 ? 'users.list' : 'users.get')).join(',');
let failed = 0;

/** A batch whose ids and caller nobody has seen before. */
const callBatch = async (token: string, number: number): Promise<void> => {
  const inputs = Array.from({ length: BATCH }, (_, index) =>
    index === 0 ? { pageSize: 1 } : { userId: `u${number}x${index}` },
  );
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: `/trpc/${names}?batch=1`,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-request-id': `request-${number}`,
    },
    body: JSON.stringify({ ...inputs }),
  });
  const answers = (await body.json()) as { error?: { data: { code: string } } }[];
  if (statusCode !== 207) failed += BATCH;
  else failed += answers.filter(({ error }) => error && error.data.code !== 'NOT_FOUND').length;
};

const round = async (from: number, batches: number): Promise<void> => {
  let next = from;
  const until = from + batches;
  const work = async (): Promise<void> => {
    // A new token now and then: what is remembered of tokens must not grow either.
    let token = await scene.token();
    for (let number = next++; number < until; number = next++) {
      if (number % 50 === 0) token = await scene.token();
      await callBatch(token, number);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
};

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

const measure = async (each: Scene): Promise<{ heap: number; rss: number; handles: number; fds: number }> => {
  await each.collectGarbage();
  return {
    heap: await each.metric('nodejs_heap_size_used_bytes'),
    rss: await each.metric('process_resident_memory_bytes'),
    handles: await each.metric('nodejs_active_resources_total'),
    fds: await each.metric('process_open_fds'),
  };
};

const batches = Math.ceil(CALLS / BATCH / ROUNDS);
print('calls', 'heap', 'resident', 'resources', 'descriptors', 'calls/s');
const heaps: number[] = [];
for (let done = 0; done < ROUNDS; done += 1) {
  const startedAt = performance.now();
  await round(done * batches, batches);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { heap, rss, handles, fds } = await measure(scene);
  heaps.push(heap);
  const calls = (done + 1) * batches * BATCH;
  print(calls, megabytes(heap), megabytes(rss), handles, fds, Math.round((batches * BATCH) / seconds));
}
// The first rounds warm up.
const [first = 0, last = 0] = [heaps[Math.floor(ROUNDS / 4)], heaps.at(-1)];
print('', `${(((last - first) / first) * 100).toFixed(1)} %`, '', '', '', '');
process.stdout.write(`The heap's change since a quarter of the calls; ${failed} calls failed.\n`);
await pool.close();
await scene.close();
