import { useState } from 'react';
import { type JsonSchema, resolve } from '../schema/resolve.js';
import { type Issue, validate } from '../schema/validate.js';
import { parseJson, writeJson } from './json-editor.js';
import { beginWith } from './schema-form.js';

/** An input that is being written, as a form or as JSON: one value, two views. */
export interface Input {
  readonly value: unknown;
  /** The value as JSON; what is typed there, while it is none. */
  readonly text: string;
  /** Why the text is no JSON. */
  readonly fault: string | undefined;
  readonly issues: readonly Issue[];
  setValue(value: unknown): void;
  setText(text: string): void;
  setSyntax(id: string, fault: string | undefined): void;
  setIssues(issues: readonly Issue[]): void;
  /** Looks for faults, and shows them. */
  check(): readonly Issue[];
  reset(): void;
}

/** Begins with what is given and the schema's defaults. */
export const useInput = (schema: JsonSchema | undefined, given: unknown): Input => {
  const begin = (from: unknown) =>
    schema && resolve(schema, schema)['x-wire'] === undefined ? beginWith(schema, from) : from;
  const [value, setValue] = useState(() => begin(given));
  const [text, setText] = useState(() => writeJson(value));
  const [fault, setFault] = useState<string>();
  const [syntax, setSyntax] = useState<Readonly<Record<string, string>>>({});
  const [issues, setIssues] = useState<readonly Issue[]>([]);
  const [wasChecked, setChecked] = useState(false);

  const issuesOf = (candidate: unknown): readonly Issue[] => {
    const unread = Object.entries(syntax).map(([id, message]) => ({ path: id.split('.').slice(1), message }));
    return [...unread, ...(schema ? validate(schema, candidate) : [])];
  };
  const take = (next: unknown) => {
    setValue(next);
    setIssues(wasChecked ? issuesOf(next) : []);
  };

  return {
    value,
    text,
    fault: fault ?? Object.values(syntax)[0],
    issues,
    setValue: (next) => {
      take(next);
      setText(writeJson(next));
      setFault(undefined);
    },
    setText: (next) => {
      setText(next);
      const parsed = parseJson(next);
      setFault('fault' in parsed ? parsed.fault : undefined);
      setSyntax({});
      if ('value' in parsed) take(parsed.value);
    },
    setSyntax: (id, message) =>
      setSyntax((before) => {
        const { [id]: _, ...others } = before;
        return message === undefined ? others : { ...others, [id]: message };
      }),
    setIssues,
    check: () => {
      const found = issuesOf(value);
      setIssues(found);
      setChecked(true);
      return found;
    },
    reset: () => {
      const next = begin(undefined);
      setValue(next);
      setText(writeJson(next));
      setFault(undefined);
      setSyntax({});
      setIssues([]);
      setChecked(false);
    },
  };
};
