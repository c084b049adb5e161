import { useEffect, useRef, useState } from 'react';
import type { ProcedureManifest } from '../../src/manifest.js';
import { goTo, InputView } from '../input/input-view.js';
import { useInput } from '../input/use-input.js';
import { toHash } from '../navigation/route.js';
import { isLacking, usePanel } from '../panel-context.js';
import { ResultView } from '../result/result-view.js';
import { Tree } from '../result/tree.js';
import { outline } from '../schema/outline.js';
import { isObject, pruned, resolve } from '../schema/resolve.js';
import { CopyButton } from '../ui/copy-button.js';
import { CodeView } from './code-view.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { explain } from './explain.js';
import type { Call, Outcome } from './send.js';
import { useCall } from './use-call.js';

interface CallViewProps {
  readonly procedure: ProcedureManifest;
  /** What the input begins with. */
  readonly given: unknown;
  onOutcome(call: Call, outcome: Outcome): void;
  onBatch(call: Call): void;
}

const Head = ({ procedure }: { readonly procedure: ProcedureManifest }) => {
  const panel = usePanel();
  const { path, kind, summary, description, permission, isDeprecated, isDestructive } = procedure;
  const lacking = isLacking(panel, procedure);
  return (
    <header>
      <h1>{path}</h1>
      <p className="tags">
        <span className={`tag ${kind}`}>{kind}</span>
        {permission !== undefined && <span className={lacking ? 'tag lacking' : 'tag'}>needs {permission}</span>}
        {isDestructive && <span className="tag lacking">destructive</span>}
        {isDeprecated && <span className="tag">deprecated</span>}
      </p>
      {summary !== undefined && <p>{summary}</p>}
      {description !== undefined && <p className="muted">{description}</p>}
      {lacking && <p className="hint">You lack {permission}: the server will refuse this call.</p>}
    </header>
  );
};

/** One procedure: its input, the call, and what came of it. */
export const CallView = ({ procedure, given, onOutcome, onBatch }: CallViewProps) => {
  const { endpoint, manifest, secrets } = usePanel();
  const { path, kind, input: schema, output, summary, isDestructive } = procedure;
  const input = useInput(schema, given);
  const { isRunning, outcome, events, run, cancel } = useCall(endpoint);
  const [sent, setSent] = useState<unknown>();
  const [asked, setAsked] = useState<Call>();
  const [isChecking, setChecking] = useState(true);
  const results = useRef<HTMLElement>(null);

  const toCall = (value: unknown): Call => ({ path, kind, input: schema ? pruned(value) : undefined, schema });
  const go = async (call: Call) => {
    setSent(call.input);
    const made = await run(call);
    if (!made) return;
    results.current?.scrollIntoView({ block: 'nearest' });
    onOutcome(call, made);
    if (made.error) input.setIssues(explain(made.error, manifest.errors).issues);
  };
  const start = (value: unknown) => {
    const issues = isChecking ? input.check() : [];
    const [first] = issues;
    if (first) return goTo(first.path);
    if (input.fault !== undefined) return;
    if (isDestructive) setAsked(toCall(value));
    else void go(toCall(value));
  };
  const isPaged = schema !== undefined && resolve(schema, schema).properties?.['cursor'] !== undefined;
  const nextPage = (cursor: unknown) => {
    const { page: _, ...others } = isObject(input.value) ? input.value : {};
    const value = { ...others, cursor };
    input.setValue(value);
    void go(toCall(value));
  };
  const onKey = (event: KeyboardEvent) => {
    if (document.querySelector('dialog[open]')) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) start(input.value);
    if (event.key === 'Escape' && isRunning) cancel();
  };
  const latestKey = useRef(onKey);
  latestKey.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => latestKey.current(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
  const call = toCall(input.value);
  const link = `${location.href.replace(/#.*$/, '')}${toHash(path, schema ? secrets.without(input.value) : undefined)}`;

  return (
    <article>
      <Head procedure={procedure} />
      <div className="panes">
        <section className="pane" aria-label="Input">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              start(input.value);
            }}
          >
            <InputView procedure={procedure} input={input} />
            <div className="row actions">
              <button type="submit" className="primary" title="Control + Enter" disabled={isRunning}>
                Call
              </button>
              {isRunning && (
                <button type="button" onClick={cancel}>
                  {kind === 'subscription' ? 'Stop' : 'Cancel'}
                </button>
              )}
              {schema && (
                <button type="button" onClick={input.reset}>
                  Reset
                </button>
              )}
              {kind !== 'subscription' && (
                <button type="button" onClick={() => onBatch(call)}>
                  Add to batch
                </button>
              )}
              <CopyButton label="Copy link" text={link} />
              {schema && (
                <label className="check">
                  <input type="checkbox" checked={isChecking} onChange={({ target }) => setChecking(target.checked)} />
                  check first
                </label>
              )}
            </div>
          </form>
          <CodeView call={call} />
          {output && (
            <details>
              <summary>What it answers</summary>
              <Tree value={outline(output)} />
            </details>
          )}
        </section>
        <section ref={results} className="pane result" aria-label="Result" aria-busy={isRunning}>
          {isRunning && <p role="status">{kind === 'subscription' ? 'Listening…' : 'Calling…'}</p>}
          {events.map((event, index) => (
            <Tree key={events.length - index} value={isObject(event) ? event : { event }} />
          ))}
          {outcome ? (
            <ResultView outcome={outcome} input={sent} onNextPage={isPaged ? nextPage : undefined} />
          ) : (
            !isRunning && <p className="muted">The result will be here.</p>
          )}
        </section>
      </div>
      {asked && (
        <ConfirmDialog
          call={asked}
          summary={summary}
          onAnswer={(isWanted) => {
            setAsked(undefined);
            if (isWanted) void go(asked);
          }}
        />
      )}
    </article>
  );
};
