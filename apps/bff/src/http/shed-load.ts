import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from '../telemetry/metrics.js';
import { refuse } from './refuse.js';
import type { Step } from './step.js';

/** How busy the server may be. */
export interface LoadLimits {
  /** Requests at a time; half of it once there have been more than that for a second. */
  readonly maxInFlight: number;
  /** Milliseconds by which the event loop may lag, on average over a second. */
  readonly maxEventLoopDelayMs: number;
}

/** Refuses what would make everybody wait. */
export interface LoadShedder {
  readonly handler: Step;
  close(): void;
}

const WINDOW_MS = 1_000;
const RESOLUTION_MS = 20;

/**
 * How many requests are let in. A burst may fill the room; a queue that stands only makes everybody wait, so it is
 * halved after a while, and whole again once a quarter is left (the thought of CoDel, RFC 8289).
 */
const createRoom = (size: number) => {
  let crowdedSince: number | undefined;
  let inFlight = 0;
  return {
    take(): boolean {
      const isStanding = crowdedSince !== undefined && performance.now() - crowdedSince > WINDOW_MS;
      if (inFlight >= (isStanding ? size / 2 : size)) return false;
      inFlight += 1;
      if (inFlight > size / 2) crowdedSince ??= performance.now();
      return true;
    },
    leave(): void {
      inFlight -= 1;
      if (inFlight < size / 4) crowdedSince = undefined;
    },
  };
};

/**
 * Makes it: beyond the limits requests get a quick 503, so that those before them keep their pace.
 *
 * @param isUpstreamFull Whether calls would be refused later on, by then at the cost of a call.
 */
export const createLoadShedder = (limits: LoadLimits, metrics: Metrics, isUpstreamFull: () => boolean): LoadShedder => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let delayMs = 0;
  let lookedAt = performance.now();
  const window = setInterval(() => {
    const now = performance.now();
    const lateMs = now - lookedAt - WINDOW_MS;
    lookedAt = now;
    // However long the loop stands still, that is one sample among those from before: none at all, or a look that comes
    // a whole window late, says so too.
    const hasStoodStill = histogram.count === 0 || lateMs >= WINDOW_MS;
    // Each sample holds the pause between two looks too.
    delayMs = hasStoodStill ? WINDOW_MS : Math.max(histogram.mean / 1e6 - RESOLUTION_MS, 0);
    metrics.eventLoopDelay.set(delayMs / 1_000);
    histogram.reset();
  }, WINDOW_MS).unref();
  const room = createRoom(limits.maxInFlight);

  /** Takes room, or tells why there is none. */
  const reasonToRefuse = (): 'event_loop' | 'upstream' | 'in_flight' | undefined => {
    if (delayMs > limits.maxEventLoopDelayMs) return 'event_loop';
    if (isUpstreamFull()) return 'upstream';
    return room.take() ? undefined : 'in_flight';
  };

  return {
    handler(_request, response, next) {
      const reason = reasonToRefuse();
      if (reason !== undefined) {
        metrics.shed.inc({ reason });
        response.setHeader('retry-after', '1');
        refuse(response, 'SERVICE_UNAVAILABLE', 'This server is busy.');
        return;
      }
      response.on('close', room.leave);
      next();
    },
    close() {
      clearInterval(window);
      histogram.disable();
    },
  };
};
