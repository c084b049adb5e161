import { setTimeout } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createAfterwards } from './afterwards.js';

it('nothing is done at once, and all of it soon, in its order', async () => {
  const { add } = createAfterwards();
  const done: number[] = [];
  for (const number of [1, 2, 3]) add(() => done.push(number));
  await Promise.resolve();
  expect(done).toEqual([]);
  await vi.waitFor(() => expect(done).toEqual([1, 2, 3]));
  add(() => done.push(4));
  await vi.waitFor(() => expect(done).toEqual([1, 2, 3, 4]));
});

it('catching up does it at once, and nothing twice', async () => {
  const { add, catchUp } = createAfterwards();
  const done: number[] = [];
  add(() => done.push(1));
  catchUp();
  expect(done).toEqual([1]);
  catchUp();
  await setTimeout(20);
  expect(done).toEqual([1]);
});

it('what is added meanwhile is done next time', async () => {
  const { add, catchUp } = createAfterwards();
  const done: string[] = [];
  add(() => {
    done.push('first');
    add(() => done.push('second'));
  });
  catchUp();
  expect(done).toEqual(['first']);
  await vi.waitFor(() => expect(done).toEqual(['first', 'second']));
});
