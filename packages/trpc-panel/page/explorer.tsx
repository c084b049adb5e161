import { useState } from 'react';
import { BatchView } from './call/batch-view.js';
import { CallView } from './call/call-view.js';
import type { Call } from './call/send.js';
import { useHistory } from './call/use-history.js';
import { HistoryList } from './navigation/history-list.js';
import { ProcedureList } from './navigation/procedure-list.js';
import { toHash, useRoute } from './navigation/route.js';
import { usePanel } from './panel-context.js';
import { Boundary } from './ui/boundary.js';
import { Tabs } from './ui/tabs.js';

const BATCH = '~batch';

interface ExplorerProps {
  readonly isListOpen: boolean;
  onLeaveList(): void;
}

const Welcome = () => {
  const { manifest, settings } = usePanel();
  const of = (kind: string) => manifest.procedures.filter((each) => each.kind === kind).length;
  return (
    <article>
      <header>
        <h1>{settings.title}</h1>
        <p>
          {manifest.procedures.length} procedures: {of('query')} queries, {of('mutation')} mutations
          {of('subscription') > 0 && `, ${of('subscription')} subscriptions`}.
        </p>
      </header>
      <dl className="keys">
        <div>
          <dt>
            <kbd>/</kbd> or <kbd>Ctrl</kbd> <kbd>K</kbd>
          </dt>
          <dd>find a procedure; arrows move, Enter opens</dd>
        </div>
        <div>
          <dt>
            <kbd>Ctrl</kbd> <kbd>Enter</kbd>
          </dt>
          <dd>call it</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>cancel</dd>
        </div>
      </dl>
    </article>
  );
};

/** The procedures, and the one that is open. */
export const Explorer = ({ isListOpen, onLeaveList }: ExplorerProps) => {
  const { manifest, secrets } = usePanel();
  const { path, input } = useRoute();
  const history = useHistory(secrets);
  const [batch, setBatch] = useState<readonly Call[]>([]);
  const [list, setList] = useState<'procedures' | 'history'>('procedures');
  const procedure = manifest.procedures.find((each) => each.path === path);
  return (
    <div className="layout">
      <nav id="procedures" className={isListOpen ? 'side open' : 'side'} aria-label="Procedures">
        <Tabs
          label="What is listed"
          current={list}
          onChange={setList}
          tabs={[
            {
              name: 'procedures',
              label: 'Procedures',
              content: <ProcedureList current={path} onOpen={onLeaveList} />,
            },
            {
              name: 'history',
              label: 'History',
              content: <HistoryList calls={history.calls} onClear={history.clear} onOpen={onLeaveList} />,
            },
          ]}
        />
        {batch.length > 0 && (
          <a className="batch-link" href={toHash(BATCH)} onClick={onLeaveList}>
            Batch of {batch.length}
          </a>
        )}
      </nav>
      <main>
        {path === BATCH ? (
          <BatchView calls={batch} onChange={setBatch} onOutcome={history.add} />
        ) : procedure ? (
          <Boundary key={`${path} ${JSON.stringify(input)}`}>
            <CallView
              procedure={procedure}
              given={input}
              onOutcome={history.add}
              onBatch={(call) => setBatch([...batch, call])}
            />
          </Boundary>
        ) : path === undefined ? (
          <Welcome />
        ) : (
          <article>
            <h1>{path}</h1>
            <p>There is no such procedure here.</p>
          </article>
        )}
      </main>
    </div>
  );
};
