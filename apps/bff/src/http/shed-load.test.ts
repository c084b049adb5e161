import { setTimeout } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createMetrics } from '../telemetry/metrics.js';
import { createLoadShedder } from './shed-load.js';

it.each([100, 500, 900])('an event loop that stands still is noticed, %d ms after it was looked at', async (ms) => {
  const metrics = createMetrics();
  const { close } = createLoadShedder({ maxInFlight: 10, maxEventLoopDelayMs: 200 }, metrics, () => false);
  await setTimeout(ms);
  const until = performance.now() + 2_050;
  while (performance.now() < until);
  await vi.waitFor(async () => {
    const [, seconds] = /^usersbff_event_loop_delay_seconds (\S+)$/m.exec(await metrics.text()) ?? [];
    expect(Number(seconds)).toBeGreaterThan(0.2);
  });
  close();
});
