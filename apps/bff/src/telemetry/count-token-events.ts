import type { OnTokenCacheEvent } from '@users-bff/token-cache';
import type { Metrics } from './metrics.js';

/** Counts what becomes of the token for Logto. */
export const countTokenEvents = (metrics: Metrics, isShared: boolean): OnTokenCacheEvent => {
  if (isShared) metrics.sharedCacheUp.set(1);
  else metrics.sharedCacheUp.remove();
  return (event) => {
    switch (event.type) {
      case 'hit':
        return metrics.tokenCache.inc({ result: 'memory' });
      case 'wait':
        metrics.tokenCache.inc({ result: 'waited' });
        return metrics.tokenWait.observe(event.durationMs / 1_000);
      case 'shared_hit':
        metrics.tokenRequests.inc({ result: 'shared' });
        return metrics.tokenExpiry.set((Date.now() + event.remainingMs) / 1_000);
      case 'refresh':
        metrics.tokenRequests.inc({ result: 'issued' });
        return metrics.tokenExpiry.set((Date.now() + event.lifeMs) / 1_000);
      case 'failure':
        return metrics.tokenRequests.inc({ result: event.error.reason });
      case 'rejected':
        return metrics.tokenRejected.inc();
      case 'store_down':
        metrics.sharedCacheUp.set(0);
        return metrics.sharedCacheErrors.inc({ kind: 'down' });
      case 'store_up':
        return metrics.sharedCacheUp.set(1);
      case 'store_unreadable':
        return metrics.sharedCacheErrors.inc({ kind: 'unreadable' });
    }
  };
};
