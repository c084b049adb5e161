import { fieldKind } from '../../schema/field-kind.js';
import type { JsonSchema } from '../../schema/resolve.js';
import type { Props } from './form-context.js';
import { JsonField } from './json-field.js';
import { ScalarField } from './scalar-field.js';
import { TupleField } from './tuple-field.js';
import { UnionField } from './union-field.js';
import { fields as usual } from './usual.js';

const own = { scalar: ScalarField, json: JsonField, union: UnionField, tuple: TupleField };

/** Chooses the field of a schema: one of the panel's own, or the library's for objects and lists. */
export const SchemaField = (props: Props) => {
  const { schema, registry } = props;
  const { kind } = fieldKind(schema as JsonSchema, registry.rootSchema as JsonSchema);
  const { SchemaField: Usual } = usual;
  if (kind === 'structure') return <Usual {...props} />;
  const uiSchema = { ...props.uiSchema, 'ui:field': own[kind], 'ui:fieldReplacesAnyOrOneOf': true };
  return <Usual {...props} uiSchema={uiSchema} />;
};
