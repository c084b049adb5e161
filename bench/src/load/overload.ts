// What a server does that is asked for twice as much as it can do, for a minute.
import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';
import { quantile, table } from '../print.js';
import { startScene } from './scene.js';

const print = table(28, 14);
const SECONDS = Number(process.env['SECONDS'] ?? 60);
const LOGTO_MS = 20;

const scene = await startScene();
scene.setLatency(LOGTO_MS);
// Kept connections, as a proxy in front has them. New ones are taken one in each turn of Node's event loop: hundreds
// at once wait for seconds, whatever the server does.
const CONNECTIONS = 512;
const pool = new Pool(scene.url, { connections: CONNECTIONS });
const tokens = await Promise.all(Array.from({ length: 8 }, () => scene.token()));

interface Answers {
  readonly answered: number[];
  readonly refused: number[];
  failed: number;
}

const call = async (answers: Answers, turn: number): Promise<void> => {
  const startedAt = performance.now();
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/trpc/users.get?input=%7B%22userId%22%3A%22ada000000000%22%7D',
      headers: { authorization: `Bearer ${tokens[turn % tokens.length]}` },
    });
    await body.dump();
    const ms = performance.now() - startedAt;
    if (statusCode === 200) answers.answered.push(ms);
    else if (statusCode === 503) answers.refused.push(ms);
    else answers.failed += 1;
  } catch {
    answers.failed += 1;
  }
};

const none = (): Answers => ({ answered: [], refused: [], failed: 0 });

/** As many as are answered by so many callers at a time. */
const closedLoop = async (callers: number, seconds: number): Promise<Answers> => {
  const answers = none();
  const until = performance.now() + seconds * 1_000;
  const work = async (caller: number): Promise<void> => {
    while (performance.now() < until) await call(answers, caller);
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => work(caller)));
  return answers;
};

/** So many a second, whatever becomes of them. */
const openLoop = async (rate: number, seconds: number): Promise<Answers> => {
  const answers = none();
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  let sent = 0;
  while (performance.now() - startedAt < seconds * 1_000) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * rate);
    for (; sent < due; sent += 1) pending.push(call(answers, sent));
    await setTimeout(5);
  }
  await Promise.all(pending);
  return answers;
};

const row = (title: string, { answered, refused, failed }: Answers, seconds: number): void => {
  const ms = (values: readonly number[], share: number) =>
    values.length > 0 ? quantile(values, share).toFixed(0) : '-';
  print(
    title,
    Math.round(answered.length / seconds),
    ms(answered, 0.5),
    ms(answered, 0.99),
    Math.round(refused.length / seconds),
    ms(refused, 0.5),
    ms(refused, 0.99),
    failed,
  );
};

await closedLoop(CONNECTIONS, 10);
const full = await closedLoop(64, 5);
const capacity = full.answered.length / 5;
print('', 'answered/s', 'p50 ms', 'p99 ms', 'refused/s', 'p50 ms', 'p99 ms', 'failed');
row('64 callers at a time', full, 5);
row('half of that, evenly', await openLoop(capacity / 2, 10), 10);
row(`twice of it, for ${SECONDS} s`, await openLoop(capacity * 2, SECONDS), SECONDS);
const endedAt = performance.now();
for (let good = 0; good < 50; ) {
  const answers = none();
  await call(answers, 0);
  good = answers.answered.length === 1 ? good + 1 : 0;
}
process.stdout.write(`All is well ${Math.round(performance.now() - endedAt)} ms later (50 answers in a row).\n`);
row('half of that again', await openLoop(capacity / 2, 5), 5);
await pool.close();
await scene.close();
