import { useState } from 'react';
import { usePanel } from '../panel-context.js';
import { ResultView } from '../result/result-view.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { type Call, type Outcome, send } from './send.js';

interface BatchViewProps {
  readonly calls: readonly Call[];
  onChange(calls: readonly Call[]): void;
  onOutcome(call: Call, outcome: Outcome): void;
}

/** Calls that go in one HTTP request. tRPC does not mix queries and mutations. */
export const BatchView = ({ calls, onChange, onOutcome }: BatchViewProps) => {
  const { endpoint, secrets, manifest } = usePanel();
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [isAsked, setAsked] = useState(false);
  const isMixed = new Set(calls.map(({ kind }) => kind)).size > 1;
  const destructive = calls.find(({ path }) =>
    manifest.procedures.some((each) => each.path === path && each.isDestructive),
  );
  const go = async () => {
    const made = await send(calls, endpoint, new AbortController().signal);
    setOutcomes(made);
    made.forEach((outcome, index) => {
      const call = calls[index];
      if (call) onOutcome(call, outcome);
    });
  };
  return (
    <article>
      <header>
        <h1>Batch</h1>
        <p className="muted">Several calls in one HTTP request, as tRPC's clients send them.</p>
      </header>
      {calls.length === 0 && <p>No call yet: “Add to batch” puts one here.</p>}
      <ol className="batch">
        {calls.map(({ path, input }, index) => (
          <li key={index}>
            <div className="row">
              <strong>{path}</strong>
              <code className="past-input">{JSON.stringify(secrets.masked(input))}</code>
              <button
                type="button"
                className="quiet"
                aria-label={`Remove call ${index + 1}`}
                onClick={() => {
                  setOutcomes([]);
                  onChange(calls.filter((_, at) => at !== index));
                }}
              >
                ✕
              </button>
            </div>
            {outcomes[index] && <ResultView outcome={outcomes[index]} input={input} onNextPage={undefined} />}
          </li>
        ))}
      </ol>
      {isMixed && (
        <p className="hint">Queries and mutations do not travel together: the server will refuse this batch.</p>
      )}
      {calls.length > 0 && (
        <button type="button" className="primary" onClick={() => (destructive ? setAsked(true) : void go())}>
          Call {calls.length === 1 ? 'it' : `all ${calls.length}`}
        </button>
      )}
      {isAsked && destructive && (
        <ConfirmDialog
          call={destructive}
          summary="This batch destroys something."
          onAnswer={(isWanted) => {
            setAsked(false);
            if (isWanted) void go();
          }}
        />
      )}
    </article>
  );
};
