import { describe, expect, it } from 'vitest';
import { ProcedureError } from '../errors.js';
import { createBulkhead } from './bulkhead.js';

/** Work that ends when it is told. */
const held = () => {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => void ends.push(resolve));
  const endAll = () => {
    for (const end of ends.splice(0)) end();
  };
  return { ends, work, endAll };
};

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('the bulkhead', () => {
  it('leaves half of itself to other callers', async () => {
    const { ends, work, endAll } = held();
    const { run } = createBulkhead({ limit: 4, queueLimit: 100, maxWaitMs: 60_000 });
    const greedy = Array.from({ length: 10 }, () => run('greedy', work));
    await tick();
    expect(ends).toHaveLength(2);
    const others = [run('a', work), run('b', work), run('c', work)];
    await tick();
    expect(ends).toHaveLength(4);
    while (ends.length > 0) {
      endAll();
      await tick();
    }
    await Promise.all([...greedy, ...others]);
  });

  it('lets a bounded number wait, for a bounded time', async () => {
    const { work, endAll } = held();
    const { run } = createBulkhead({ limit: 2, queueLimit: 4, maxWaitMs: 50 });
    const settled = await Promise.allSettled([
      Promise.race([run('a', work), tick()]),
      Promise.race([run('b', work), tick()]),
      ...['c', 'c', 'c', 'd', 'e', 'f'].map((caller) => run(caller, work)),
    ]);
    const refused = settled.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(6);
    for (const { reason } of refused) {
      expect(reason).toBeInstanceOf(ProcedureError);
      expect(reason).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
    }
    endAll();
    await tick();
    const again = run('c', async () => 'room');
    expect(await again).toBe('room');
  });

  it('makes room after a failure too', async () => {
    const { run } = createBulkhead({ limit: 1, queueLimit: 1, maxWaitMs: 50 });
    await expect(run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await run('a', async () => 'room')).toBe('room');
  });
});
