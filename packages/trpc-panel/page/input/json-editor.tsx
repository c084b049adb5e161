import { lazy, Suspense } from 'react';

/** A text of JSON that is written by hand. */
export interface CodeEditorProps {
  readonly text: string;
  /** Its accessible name. */
  readonly label: string;
  onChange(text: string): void;
}

const CodeEditor = lazy(() => import('./code-editor.js'));

/** An editor for JSON; a plain one until the real one is loaded. */
export const JsonEditor = (props: CodeEditorProps) => (
  <Suspense
    fallback={
      <textarea
        className="code"
        aria-label={props.label}
        value={props.text}
        onChange={({ target }) => props.onChange(target.value)}
      />
    }
  >
    <CodeEditor {...props} />
  </Suspense>
);

/** JSON as it is written, or why it is none. */
export const parseJson = (text: string): { value: unknown } | { fault: string } => {
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : 'This is not JSON.' };
  }
};

/** A value as JSON to be edited. */
export const writeJson = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));
