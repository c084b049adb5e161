import { toFieldPathId } from '@rjsf/utils';
import { useRef } from 'react';
import { isObject } from '../../schema/resolve.js';
import type { TupleSchema } from '../form-schema.js';
import { nameOf, type Props } from './form-context.js';

const setIn = (value: unknown, path: readonly (string | number)[], next: unknown): unknown => {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? setIn(item, rest, next) : item));
  const object = isObject(value) ? value : {};
  return { ...object, [key]: setIn(object[key], rest, next) };
};

/** A list whose places have a schema each. */
export const TupleField = (props: Props) => {
  const { schema, formData, onChange, fieldPathId, registry, required = false, uiSchema, name } = props;
  const { 'x-places': places, additionalItems } = schema as unknown as TupleSchema;
  const id = fieldPathId.$id;
  const isSent = Array.isArray(formData);
  const values: readonly unknown[] = isSent ? formData : places.map(() => undefined);
  const set = (next: unknown) => onChange(next, fieldPathId.path);
  // The library renders a place anew when its value changes, not when a function does: one that looks is never old.
  const latest = useRef(values);
  latest.current = values;
  const change: Props['onChange'] = (next, path) =>
    set(setIn(latest.current, path.slice(fieldPathId.path.length), next));
  const schemaAt = (index: number) => places[index] ?? (typeof additionalItems === 'object' ? additionalItems : {});
  const { SchemaField } = registry.fields;
  return (
    <fieldset id={id}>
      {uiSchema?.['ui:label'] !== false && (
        <legend>
          <div className="field-head">
            <span className="label">
              {name || nameOf(id)}
              {required && <span className="required"> *</span>}
            </span>
            {!required && (
              <button
                type="button"
                className="chip"
                aria-label={`${isSent ? 'Do not send' : 'Add'} ${nameOf(id)}`}
                onClick={() => set(isSent ? undefined : values)}
              >
                {isSent ? '✕' : '+ add'}
              </button>
            )}
          </div>
        </legend>
      )}
      {(isSent || required) &&
        SchemaField &&
        values.map((value, index) => (
          <SchemaField
            {...props}
            key={index}
            name={String(index)}
            title={`${name || 'item'} ${index + 1}`}
            required
            schema={schemaAt(index) as Record<string, unknown>}
            uiSchema={{}}
            formData={value}
            fieldPathId={toFieldPathId(index, registry.globalFormOptions, fieldPathId)}
            onChange={change}
          />
        ))}
      {isSent && typeof additionalItems === 'object' && (
        <div className="row">
          <button type="button" className="add" onClick={() => set([...values, undefined])}>
            + item of {nameOf(id)}
          </button>
          {values.length > places.length && (
            <button type="button" className="add" onClick={() => set(values.slice(0, -1))}>
              − last item of {nameOf(id)}
            </button>
          )}
        </div>
      )}
    </fieldset>
  );
};
