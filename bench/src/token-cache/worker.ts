import { setTimeout } from 'node:timers/promises';
import { type Contender, type ContenderName, contenders, type Scene } from './contenders.js';

/** What a worker is told to do. */
export type Task =
  | { kind: 'open'; contender: ContenderName; scene: Scene }
  | { kind: 'herd'; callers: number }
  | { kind: 'hits'; count: number }
  | { kind: 'load'; seconds: number }
  | { kind: 'close' };

let contender: Contender;

/** Milliseconds until the last of many callers at once has a token. */
const herd = async (callers: number): Promise<number> => {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: callers }, () => contender.getToken()));
  return performance.now() - startedAt;
};

/** Nanoseconds of a call that finds a token. */
const hits = async (count: number): Promise<number> => {
  await contender.getToken();
  const startedAt = performance.now();
  for (let call = 0; call < count; call += 1) await contender.getToken();
  return ((performance.now() - startedAt) * 1e6) / count;
};

/** Milliseconds within which a call counts as being made during a renewal. */
const NEAR_MS = 250;

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;

/** The slowest hundredth of calls near a renewal and of all others, in microseconds. */
const load = async (seconds: number): Promise<{ near: number; between: number }> => {
  await contender.getToken();
  const calls: { at: number; tookUs: number }[] = [];
  const first = contender.renewals.length;
  const endsAt = performance.now() + seconds * 1_000;
  while (performance.now() < endsAt) {
    const at = performance.now();
    await contender.getToken();
    calls.push({ at, tookUs: (performance.now() - at) * 1e3 });
    await setTimeout(1);
  }
  const renewals = contender.renewals.slice(first);
  const isNear = ({ at }: { at: number }) => renewals.some((renewal) => Math.abs(renewal - at) < NEAR_MS);
  const took = (some: typeof calls) =>
    percentile(
      some.map(({ tookUs }) => tookUs),
      0.99,
    );
  return { near: took(calls.filter(isNear)), between: took(calls.filter((call) => !isNear(call))) };
};

const perform = async (task: Task): Promise<unknown> => {
  switch (task.kind) {
    case 'open':
      contender = await contenders[task.contender](task.scene);
      return undefined;
    case 'herd':
      return herd(task.callers);
    case 'hits':
      return hits(task.count);
    case 'load':
      return load(task.seconds);
    case 'close':
      return contender.close();
  }
};

process.on('message', async (task: Task) => process.send?.({ result: await perform(task) }));
