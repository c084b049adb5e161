import { isObject, type JsonSchema, resolve } from '../schema/resolve.js';

/** A list of fixed places, under a name that the form library does not know: it would fill each at once. */
export interface TupleSchema extends JsonSchema {
  readonly 'x-places': readonly JsonSchema[];
}

const rewritten = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(rewritten);
  if (!isObject(value)) return value;
  const { items, ...rest } = value;
  const schema = Object.fromEntries(Object.entries(rest).map(([key, child]) => [key, rewritten(child)]));
  if (Array.isArray(items)) return { ...schema, 'x-places': items.map(rewritten) };
  return items === undefined ? schema : { ...schema, items: rewritten(items) };
};

/** A schema as the form library is to see it: its root is no reference, its lists of fixed places are the panel's. */
export const toFormSchema = (schema: JsonSchema): JsonSchema => {
  const { definitions } = schema;
  return rewritten({ ...resolve(schema, schema), ...(definitions && { definitions }) }) as JsonSchema;
};
