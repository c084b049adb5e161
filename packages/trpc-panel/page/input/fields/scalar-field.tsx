import { useState } from 'react';
import { fieldKind, type ScalarKind } from '../../schema/field-kind.js';
import type { JsonSchema } from '../../schema/resolve.js';
import { nameOf, type Props } from './form-context.js';

interface ControlProps {
  readonly id: string;
  readonly kind: ScalarKind;
  readonly value: unknown;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
  /** Where the label is not shown. */
  readonly label: string | undefined;
  readonly describedBy: string;
  readonly isInvalid: boolean;
  onChange(value: unknown): void;
}

const NOT_SENT = 'not sent';

const Choice = ({ id, kind, value, isRequired, label, describedBy, isInvalid, onChange }: ControlProps) => {
  const values = [...(kind.choices ?? [true, false]), ...(kind.isNullable ? [null] : [])];
  const index = values.indexOf(value);
  return (
    <select
      id={id}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={isInvalid}
      aria-required={isRequired}
      value={index}
      onChange={({ target }) => onChange(values[Number(target.value)])}
    >
      {(!isRequired || index < 0) && <option value={-1}>{isRequired ? 'choose…' : NOT_SENT}</option>}
      {values.map((each, at) => (
        <option key={JSON.stringify(each)} value={at}>
          {typeof each === 'string' && each !== '' ? each : JSON.stringify(each)}
        </option>
      ))}
    </select>
  );
};

const LONG = 2_048;

const written = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);

const placeholder = ({ schema }: ScalarKind, value: unknown, isRequired: boolean): string => {
  if (value === null) return 'null';
  if (value === '') return 'empty text';
  const [example] = schema.examples ?? [];
  if (example !== undefined) return `such as ${String(example)}`;
  return isRequired ? '' : NOT_SENT;
};

const Text = (props: ControlProps) => {
  const { id, kind, value, isRequired, isSecret, label, describedBy, isInvalid, onChange } = props;
  const isNumber = kind.type === 'number' || kind.type === 'integer';
  const [typed, setTyped] = useState<string>();
  const [isShown, setShown] = useState(false);
  // What is being typed is shown as it is: `1.` is on its way to 1.5.
  const shown = isNumber && typed !== undefined && Number(typed) === value ? typed : written(value);
  const change = (text: string) => {
    setTyped(text);
    if (text === '') return onChange(undefined);
    onChange(isNumber && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);
  };
  const common = {
    id,
    'aria-label': label,
    'aria-describedby': describedBy,
    'aria-invalid': isInvalid,
    'aria-required': isRequired,
    placeholder: placeholder(kind, value, isRequired),
    value: shown,
    spellCheck: false,
    autoComplete: 'off',
    onChange: ({ target }: { target: { value: string } }) => change(target.value),
  };
  if (isSecret) {
    return (
      <>
        <input {...common} type={isShown ? 'text' : 'password'} autoComplete="new-password" />
        <button type="button" className="chip" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          show
        </button>
      </>
    );
  }
  return (kind.schema.maxLength ?? 0) > LONG && kind.schema.format === undefined ? (
    <textarea {...common} rows={2} />
  ) : (
    <input {...common} type="text" inputMode={isNumber ? 'decimal' : undefined} />
  );
};

interface StateProps {
  readonly name: string;
  readonly text: string;
  readonly meaning: string;
  readonly isOn: boolean;
  onChange(isOn: boolean): void;
}

const State = ({ name, text, meaning, isOn, onChange }: StateProps) => (
  <button
    type="button"
    className="chip"
    aria-pressed={isOn}
    aria-label={`${name}: ${meaning}`}
    title={meaning}
    onClick={() => onChange(!isOn)}
  >
    {text}
  </button>
);

/** A value in one control. Not sent, `null` and the empty text are three things, and look it. */
export const ScalarField = ({
  schema,
  formData,
  onChange,
  fieldPathId,
  name,
  required = false,
  registry,
  rawErrors,
  uiSchema,
}: Props) => {
  const kind = fieldKind(schema as JsonSchema, registry.rootSchema as JsonSchema);
  if (kind.kind !== 'scalar') return null;
  const id = fieldPathId.$id;
  const set = (value: unknown) => onChange(value, fieldPathId.path);
  const control: ControlProps = {
    id,
    kind,
    value: formData,
    isRequired: required,
    isSecret: kind.type === 'string' && registry.formContext.secrets.isSecret(name, kind.schema),
    label: uiSchema?.['ui:label'] === false ? nameOf(id) : undefined,
    describedBy: `${id}__words ${id}__errors`,
    isInvalid: (rawErrors?.length ?? 0) > 0,
    onChange: set,
  };
  if (kind.type === 'choice' || kind.type === 'boolean') return <Choice {...control} />;
  return (
    <div className="control">
      <Text {...control} />
      {kind.mayBeEmpty && (
        <State
          name={nameOf(id)}
          text={'""'}
          meaning="send the empty text"
          isOn={formData === ''}
          onChange={(isOn) => set(isOn ? '' : undefined)}
        />
      )}
      {kind.isNullable && (
        <State
          name={nameOf(id)}
          text="null"
          meaning="send null"
          isOn={formData === null}
          onChange={(isOn) => set(isOn ? null : undefined)}
        />
      )}
    </div>
  );
};
