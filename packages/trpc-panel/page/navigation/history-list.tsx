import type { PastCall } from '../call/use-history.js';
import { usePanel } from '../panel-context.js';
import { toHash } from './route.js';

interface HistoryListProps {
  readonly calls: readonly PastCall[];
  onClear(): void;
  onOpen(): void;
}

/** The calls of this tab: each opens again, without its secrets. */
export const HistoryList = ({ calls, onClear, onOpen }: HistoryListProps) => {
  const { secrets } = usePanel();
  if (calls.length === 0) return <p className="muted">No call was made in this tab.</p>;
  return (
    <>
      <ul className="entries">
        {calls.map(({ path, input, at, status, code, durationMs }) => (
          <li key={at}>
            <a href={toHash(path, secrets.without(input))} className="past" onClick={onOpen}>
              <span className={code === undefined && (status ?? 500) < 400 ? 'status good' : 'status bad'}>
                {status ?? '–'}
              </span>
              <span className="past-path">{path}</span>
              <span className="muted">
                {Math.round(durationMs)} ms · {new Date(at).toLocaleTimeString()}
              </span>
              {input !== undefined && <code className="past-input">{JSON.stringify(input)}</code>}
            </a>
          </li>
        ))}
      </ul>
      <button type="button" onClick={onClear}>
        Clear
      </button>
    </>
  );
};
