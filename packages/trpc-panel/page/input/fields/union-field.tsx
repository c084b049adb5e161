import { useState } from 'react';
import { fieldKind } from '../../schema/field-kind.js';
import { isObject, type JsonSchema, resolve, typesOf } from '../../schema/resolve.js';
import { isValid, nearest } from '../../schema/validate.js';
import { typeWords } from '../../schema/words.js';
import type { Props } from './form-context.js';

const isFixed = (option: JsonSchema): boolean => 'const' in option || option.type === 'null';

/** What becomes of a value where another shape is chosen: what both shapes have stays. */
const carryOver = (option: JsonSchema, value: unknown, root: JsonSchema): unknown => {
  if (option.type === 'null') return null;
  if ('const' in option) return option.const;
  const types = typesOf(option);
  if (types.includes('array')) return Array.isArray(value) ? value : [];
  if (!types.includes('object')) return undefined;
  const properties = option.properties ?? {};
  const kept = Object.entries(isObject(value) ? value : {}).filter(([key]) => key in properties);
  const fixed = Object.entries(properties).flatMap(([key, child]) => {
    const { const: constant, default: usual } = resolve(child, root);
    return constant === undefined ? (usual === undefined ? [] : [[key, usual] as const]) : [[key, constant] as const];
  });
  const constants = fixed.filter(([key]) => resolve(properties[key] ?? {}, root).const !== undefined);
  return { ...Object.fromEntries(fixed), ...Object.fromEntries(kept), ...Object.fromEntries(constants) };
};

/** One of several shapes: which one, then its own field. */
export const UnionField = (props: Props) => {
  const { schema, formData, onChange, fieldPathId, registry, required = false, uiSchema } = props;
  const root = registry.rootSchema as JsonSchema;
  const kind = fieldKind(schema as JsonSchema, root);
  const options = kind.kind === 'union' ? kind.options : [];
  const found = formData === undefined ? -1 : nearest(options, formData, root);
  const [chosen, setChosen] = useState(found);
  const fits = (index: number) => options[index] !== undefined && isValid(options[index], formData, root);
  // What the user chose stands while the data does not clearly say otherwise.
  const selected = chosen >= 0 && (formData === undefined || fits(chosen) || !fits(found)) ? chosen : found;
  const option = options[selected];
  const { SchemaField } = registry.fields;
  const choose = (index: number) => {
    setChosen(index);
    const next = options[index];
    onChange(next && carryOver(next, formData, root), fieldPathId.path);
  };
  // What tells the shapes apart is chosen above already.
  const fixed = Object.entries(option?.properties ?? {}).filter(([, child]) => 'const' in resolve(child, root));
  const hidden = Object.fromEntries(fixed.map(([key]) => [key, { 'ui:widget': 'hidden' }]));
  return (
    <div className="union">
      <select
        id={`${fieldPathId.$id}__kind`}
        aria-label={uiSchema?.['ui:label'] === false || fieldPathId.$id === 'input' ? 'kind of input' : undefined}
        value={selected}
        onChange={({ target }) => choose(Number(target.value))}
      >
        {(!required || selected < 0) && fieldPathId.$id !== 'input' && (
          <option value={-1}>{required ? 'choose…' : 'not sent'}</option>
        )}
        {options.map((each, index) => (
          <option key={index} value={index}>
            {typeWords(each, root)}
          </option>
        ))}
      </select>
      {option && !isFixed(option) && SchemaField && (
        <div className="union-option">
          <SchemaField
            {...props}
            key={selected}
            required
            schema={option as Record<string, unknown>}
            uiSchema={{ 'ui:label': false, ...hidden }}
          />
        </div>
      )}
    </div>
  );
};
