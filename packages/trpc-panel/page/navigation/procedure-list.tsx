import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { ProcedureManifest } from '../../src/manifest.js';
import { isLacking, usePanel } from '../panel-context.js';
import { createFinder, grouped } from './find.js';
import { toHash } from './route.js';

const KINDS = { query: 'Q', mutation: 'M', subscription: 'S' } as const;

interface EntryProps {
  readonly procedure: ProcedureManifest;
  readonly isCurrent: boolean;
  /** Shown without its namespace. */
  readonly isShort: boolean;
  onOpen(): void;
}

const Entry = ({ procedure, isCurrent, isShort, onOpen }: EntryProps) => {
  const panel = usePanel();
  const { path, kind, isDeprecated, summary } = procedure;
  const lacking = isLacking(panel, procedure);
  return (
    <li>
      <a
        href={toHash(path)}
        className={isDeprecated ? 'entry-link deprecated' : 'entry-link'}
        aria-current={isCurrent ? 'page' : undefined}
        title={summary}
        onClick={onOpen}
      >
        <span className={`kind ${kind}`} title={kind}>
          <span aria-hidden="true">{KINDS[kind]}</span>
          <span className="unseen">{kind} </span>
        </span>
        <span>{isShort ? path.split('.').at(-1) : path}</span>
        {lacking && (
          <span className="lock" title={`needs ${procedure.permission}`}>
            <span aria-hidden="true">⊘</span>
            <span className="unseen"> not allowed: needs {procedure.permission}</span>
          </span>
        )}
      </a>
    </li>
  );
};

interface ProcedureListProps {
  readonly current: string | undefined;
  onOpen(): void;
}

/** All procedures, by namespace or by what is typed. Arrows move, Enter opens the likeliest. */
export const ProcedureList = ({ current, onOpen }: ProcedureListProps) => {
  const { manifest } = usePanel();
  const [text, setText] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const find = useMemo(() => createFinder(manifest.procedures), [manifest]);
  const groups = useMemo(() => grouped(manifest.procedures), [manifest]);
  const found = text.trim() === '' ? undefined : find(text.trim());

  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent) => {
      const isShortcut = (event.key === 'k' && (event.ctrlKey || event.metaKey)) || event.key === '/';
      const target = event.composedPath()[0];
      const isTyping =
        target instanceof HTMLElement && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);
      if (!isShortcut || (event.key === '/' && isTyping)) return;
      event.preventDefault();
      search.current?.focus();
      search.current?.select();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);

  const move = (event: KeyboardEvent<HTMLElement>) => {
    const links = [...(list.current?.querySelectorAll('a') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    if (event.key === 'Enter' && at < 0 && !event.ctrlKey && !event.metaKey) {
      const [first] = found ?? [];
      if (!first) return;
      location.hash = toHash(first.path);
      onOpen();
      setText('');
      return;
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    if (at + step < 0) search.current?.focus();
    else links[Math.min(at + step, links.length - 1)]?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the search field and the links inside
    <div onKeyDown={move}>
      <input
        ref={search}
        type="search"
        className="search"
        aria-label="Find a procedure"
        placeholder="Find a procedure  ( / )"
        value={text}
        onChange={({ target }) => setText(target.value)}
        spellCheck={false}
      />
      <div ref={list}>
        {found ? (
          <>
            <p className="unseen" role="status">
              {found.length} found
            </p>
            <ul className="entries">
              {found.map((procedure) => (
                <Entry
                  key={procedure.path}
                  procedure={procedure}
                  isCurrent={procedure.path === current}
                  isShort={false}
                  onOpen={onOpen}
                />
              ))}
            </ul>
            {found.length === 0 && <p className="muted">Nothing is called like that.</p>}
          </>
        ) : (
          groups.map(({ namespace, procedures }) => (
            <section key={namespace} aria-label={namespace || 'procedures'}>
              {namespace !== '' && <h2 className="namespace">{namespace}</h2>}
              <ul className="entries">
                {procedures.map((procedure) => (
                  <Entry
                    key={procedure.path}
                    procedure={procedure}
                    isCurrent={procedure.path === current}
                    isShort
                    onOpen={onOpen}
                  />
                ))}
              </ul>
            </section>
          ))
        )}
      </div>
    </div>
  );
};
