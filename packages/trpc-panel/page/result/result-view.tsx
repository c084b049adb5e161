import { useState } from 'react';
import type { Outcome } from '../call/send.js';
import { usePanel } from '../panel-context.js';
import { isObject } from '../schema/resolve.js';
import { CopyButton } from '../ui/copy-button.js';
import { type Tab, Tabs } from '../ui/tabs.js';
import { ErrorView } from './error-view.js';
import { usesOf } from './links.js';
import { PictureView, picturesIn } from './pictures.js';
import { Table } from './table.js';
import { Tree } from './tree.js';
import { UseMenu } from './use-menu.js';

type View = 'table' | 'tree' | 'raw' | 'headers';

interface ResultViewProps {
  readonly outcome: Outcome;
  readonly input: unknown;
  /** Calls again for the next page; absent where the procedure has none. */
  readonly onNextPage: ((cursor: unknown) => void) | undefined;
}

const size = (bytes: number): string => (bytes < 1_024 ? `${bytes} B` : `${(bytes / 1_024).toFixed(1)} kB`);

const Facts = ({ outcome }: { readonly outcome: Outcome }) => {
  const { status, durationMs, bytes, requestId, batch, error } = outcome;
  return (
    <p className="facts-line">
      <span className={error ? 'status bad' : 'status good'}>{status ?? 'no answer'}</span>
      <span>{Math.round(durationMs)} ms</span>
      <span>{size(bytes)}</span>
      {batch > 1 && <span>in a batch of {batch}</span>}
      {requestId !== undefined && (
        <span>
          request <code>{requestId}</code>
        </span>
      )}
    </p>
  );
};

const pretty = (raw: string): string => {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
};

const itemsOf = (result: unknown): Record<string, unknown>[] | undefined => {
  const list = isObject(result) ? result['items'] : result;
  return Array.isArray(list) && list.length > 0 && list.every(isObject) ? list : undefined;
};

/** What came of a call. */
export const ResultView = ({ outcome, input, onNextPage }: ResultViewProps) => {
  const { manifest } = usePanel();
  const [view, setView] = useState<View>('table');
  const { path, result, error, raw, headers } = outcome;
  const items = itemsOf(result);
  const cursor = isObject(result) ? result['nextCursor'] : undefined;
  const total = isObject(result) ? result['totalCount'] : undefined;
  const uses = isObject(result) && !items ? usesOf(manifest, path, manifest.links[path] ?? [], result, input) : [];
  const tabs: Tab<View>[] = [
    ...(items
      ? [{ name: 'table', label: 'Table', content: <Table items={items} path={path} input={input} /> } as const]
      : []),
    { name: 'tree', label: 'Tree', content: error ? <Tree value={error.data} /> : <Tree value={result} /> },
    {
      name: 'raw',
      label: 'Raw',
      content: (
        <>
          <CopyButton label="Copy" text={raw} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard */}
          <pre className="raw" tabIndex={0}>
            {pretty(raw)}
          </pre>
        </>
      ),
    },
    {
      name: 'headers',
      label: 'Headers',
      content: (
        <dl className="facts">
          {headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ),
    },
  ];
  const shown = tabs.some(({ name }) => name === view) ? view : 'tree';
  return (
    <>
      <Facts outcome={outcome} />
      {error && <ErrorView path={path} error={error} />}
      {picturesIn(result).map((picture) => (
        <PictureView key={picture.name} {...picture} />
      ))}
      {(items || uses.length > 0) && (
        <p className="row">
          {items && (
            <span>
              {items.length} {items.length === 1 ? 'item' : 'items'}
              {typeof total === 'number' && ` of ${total}`}
            </span>
          )}
          {cursor !== undefined && onNextPage && (
            <button type="button" onClick={() => onNextPage(cursor)}>
              Next page
            </button>
          )}
          <UseMenu what="this result" uses={uses} />
        </p>
      )}
      {(!error || raw !== '') && <Tabs label="Views of the result" tabs={tabs} current={shown} onChange={setView} />}
    </>
  );
};
