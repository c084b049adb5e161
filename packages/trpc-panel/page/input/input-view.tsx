import { useState } from 'react';
import type { ProcedureManifest } from '../../src/manifest.js';
import { usePanel } from '../panel-context.js';
import { Tabs } from '../ui/tabs.js';
import { JsonEditor } from './json-editor.js';
import { SchemaForm } from './schema-form.js';
import type { Input } from './use-input.js';

interface InputViewProps {
  readonly procedure: ProcedureManifest;
  readonly input: Input;
}

/** Puts the cursor where a fault is. */
export const goTo = (path: readonly (string | number)[]): void => {
  const id = ['input', ...path].join('.');
  const element = document.getElementById(id) ?? document.getElementById(`${id}__kind`);
  element?.focus();
  element?.scrollIntoView({ block: 'center' });
};

const Faults = ({ input }: { readonly input: Input }) =>
  input.issues.length === 0 ? null : (
    <div className="errors summary" role="alert">
      <ul>
        {input.issues.map(({ path, message }) => (
          <li key={`${path.join('.')} ${message}`}>
            {path.length > 0 && (
              <button type="button" className="link" onClick={() => goTo(path)}>
                {path.join('.')}
              </button>
            )}{' '}
            {message}
          </li>
        ))}
      </ul>
    </div>
  );

/** An input, as a form and as JSON. */
export const InputView = ({ procedure, input }: InputViewProps) => {
  const { secrets, permissions } = usePanel();
  const [view, setView] = useState<'form' | 'json'>('form');
  const { input: schema, noForm, fieldPermissions = {} } = procedure;
  if (!schema) return <p className="muted">It takes no input.</p>;

  const json = (
    <>
      {noForm !== undefined && <p className="hint">{noForm}</p>}
      <JsonEditor text={input.text} label="Input as JSON" onChange={input.setText} />
      {input.fault !== undefined && <p className="errors">{input.fault}</p>}
    </>
  );
  const context = { secrets, permissions, fieldPermissions, onSyntax: input.setSyntax };
  return (
    <>
      <Faults input={input} />
      {noForm !== undefined ? (
        json
      ) : (
        <Tabs
          label="Views of the input"
          current={view}
          onChange={setView}
          tabs={[
            {
              name: 'form',
              label: 'Form',
              content: (
                <SchemaForm
                  schema={schema}
                  value={input.value}
                  issues={input.issues}
                  context={context}
                  onChange={input.setValue}
                />
              ),
            },
            { name: 'json', label: 'JSON', content: json },
          ]}
        />
      )}
    </>
  );
};
