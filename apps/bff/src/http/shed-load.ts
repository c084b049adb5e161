import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import type { Metrics } from '../telemetry/metrics.js';
import { refuse } from './refuse.js';

/** How busy the server may be. */
export interface LoadLimits {
  /** Requests at a time. */
  readonly maxInFlight: number;
  /** Milliseconds by which the event loop may lag, on average over a second. */
  readonly maxEventLoopDelayMs: number;
}

/** Refuses what would make everybody wait. */
export interface LoadShedder {
  readonly handler: RequestHandler;
  close(): void;
}

const WINDOW_MS = 1_000;
const RESOLUTION_MS = 20;

/** Makes it: beyond the limits requests get a quick 503, so that those before them keep their pace. */
export const createLoadShedder = (limits: LoadLimits, metrics: Metrics): LoadShedder => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let delayMs = 0;
  const window = setInterval(() => {
    // Each sample holds the pause between two looks too. Without one the loop has stood still all the time.
    delayMs = histogram.count > 0 ? Math.max(histogram.mean / 1e6 - RESOLUTION_MS, 0) : WINDOW_MS;
    metrics.eventLoopDelay.set(delayMs / 1_000);
    histogram.reset();
  }, WINDOW_MS).unref();
  let inFlight = 0;

  return {
    handler(_request, response, next) {
      const isFull = inFlight >= limits.maxInFlight;
      if (isFull || delayMs > limits.maxEventLoopDelayMs) {
        metrics.shed.inc({ reason: isFull ? 'in_flight' : 'event_loop' });
        response.setHeader('retry-after', '1');
        refuse(response, 'SERVICE_UNAVAILABLE', 'This server is busy.');
        return;
      }
      inFlight += 1;
      response.once('close', () => {
        inFlight -= 1;
      });
      next();
    },
    close() {
      clearInterval(window);
      histogram.disable();
    },
  };
};
