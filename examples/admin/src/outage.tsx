import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

/** Says that the server is away while queries try again. */
export const Outage = () => {
  const cache = useQueryClient().getQueryCache();
  const isAway = useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () => cache.getAll().some(({ state }) => state.fetchStatus === 'fetching' && state.fetchFailureCount > 0),
  );
  return isAway ? (
    <p role="status" className="outage">
      The server cannot be reached. Trying again…
    </p>
  ) : null;
};
