import { expect, it } from 'vitest';
import { createFairQueue } from './fair-queue.js';

const anybody = () => true;

it("takes a caller's waiters in their order, and the callers by turns", () => {
  const queue = createFairQueue<string>();
  for (const waiter of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) queue.add(waiter.charAt(0), waiter);
  expect(queue.size).toBe(6);
  const taken = Array.from({ length: 7 }, () => queue.next(anybody));
  expect(taken).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined]);
  expect(queue.size).toBe(0);
});

it('passes over those who may not go, and they keep their turn', () => {
  const queue = createFairQueue<string>();
  for (const waiter of ['a1', 'b1', 'b2']) queue.add(waiter.charAt(0), waiter);
  expect(queue.next((caller) => caller !== 'a')).toBe('b1');
  expect(queue.next(anybody)).toBe('a1');
  expect(queue.next(() => false)).toBeUndefined();
  expect(queue.size).toBe(1);
});

it('lets one leave, once', () => {
  const queue = createFairQueue<string>();
  queue.add('a', 'a1');
  queue.add('a', 'a2');
  queue.remove('a', 'a1');
  queue.remove('a', 'a1');
  queue.remove('nobody', 'a2');
  expect([queue.size, queue.sizeOf('a'), queue.sizeOf('nobody')]).toEqual([1, 1, 0]);
  expect(queue.next(anybody)).toBe('a2');
  queue.remove('a', 'a2');
  expect([queue.size, queue.sizeOf('a')]).toEqual([0, 0]);
});
