import { alternatives, type JsonSchema, resolve, typesOf } from './resolve.js';

/** A value that is written in one control. */
export interface ScalarKind {
  readonly kind: 'scalar';
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'choice';
  /** What is left when `null` and the empty text are taken out. */
  readonly schema: JsonSchema;
  /** Values to choose from. */
  readonly choices?: readonly unknown[];
  readonly isNullable: boolean;
  /** The empty text means something else than no value. */
  readonly mayBeEmpty: boolean;
}

/** How a value is asked for. */
export type FieldKind =
  | ScalarKind
  /** Any JSON: written as such. */
  | { readonly kind: 'json' }
  /** One of several shapes. */
  | { readonly kind: 'union'; readonly options: readonly JsonSchema[] }
  /** A list of fixed places. */
  | { readonly kind: 'tuple' }
  /** An object or a list. */
  | { readonly kind: 'structure' };

const allowsEmpty = ({ minLength = 0, pattern, format, 'x-wire': wire }: JsonSchema): boolean =>
  minLength === 0 &&
  format === undefined &&
  wire === undefined &&
  (pattern === undefined || new RegExp(pattern, 'u').test(''));

const choicesOf = (schema: JsonSchema): readonly unknown[] | undefined =>
  schema.enum ?? ('const' in schema ? [schema.const] : undefined);

const isOpen = ({ properties, additionalProperties, 'x-wire': wire }: JsonSchema): boolean => {
  if (properties && Object.keys(properties).length > 0) return false;
  if (additionalProperties === true || additionalProperties === undefined) return wire === undefined;
  return typeof additionalProperties === 'object' && additionalProperties['x-wire'] === 'any';
};

const scalar = (
  schema: JsonSchema,
  rest: readonly JsonSchema[],
  isNullable: boolean,
  isEmptyNamed: boolean,
): ScalarKind | undefined => {
  const all = rest.map(choicesOf);
  if (rest.length > 0 && all.every((each) => each !== undefined)) {
    const choices = all.flat().filter((value) => value !== null);
    const nullable = isNullable || all.flat().includes(null);
    if (choices.some((value) => typeof value === 'object')) return undefined;
    return { kind: 'scalar', type: 'choice', schema, choices, isNullable: nullable, mayBeEmpty: false };
  }
  const [only] = rest;
  if (rest.length !== 1 || !only) return undefined;
  const types = typesOf(only);
  const [type] = types.filter((name) => name !== 'null');
  if (types.length === 0 || types.filter((name) => name !== 'null').length > 1) return undefined;
  if (type !== 'string' && type !== 'number' && type !== 'integer' && type !== 'boolean') return undefined;
  return {
    kind: 'scalar',
    type,
    schema: { ...only, ...(schema.description && { description: schema.description }) },
    isNullable: isNullable || types.includes('null'),
    mayBeEmpty: type === 'string' && (isEmptyNamed || allowsEmpty(only)),
  };
};

const isEmptyText = (schema: JsonSchema): boolean =>
  schema.const === '' || (schema.enum?.length === 1 && schema.enum[0] === '');

/** How the values of a schema are asked for. */
export const fieldKind = (given: JsonSchema, root: JsonSchema): FieldKind => {
  const schema = resolve(given, root);
  if (schema['x-wire'] === 'any' || schema['x-wire'] === 'custom') return { kind: 'json' };
  const options = alternatives(schema, root);
  if (!options) {
    const found = scalar(schema, [schema], false, false);
    if (found) return found;
    const [type] = typesOf(schema).filter((name) => name !== 'null');
    if (type === 'object') return isOpen(schema) ? { kind: 'json' } : { kind: 'structure' };
    if ('x-places' in schema) return { kind: 'tuple' };
    if (type === 'array') return { kind: 'structure' };
    return schema.allOf ? { kind: 'structure' } : { kind: 'json' };
  }
  const isNullable = options.some(({ type }) => type === 'null');
  const isEmptyNamed = options.some(isEmptyText);
  const rest = options.filter((option) => option.type !== 'null');
  const found = scalar(
    schema,
    isEmptyNamed && rest.length > 1 ? rest.filter((option) => !isEmptyText(option)) : rest,
    isNullable,
    isEmptyNamed,
  );
  return found ?? { kind: 'union', options };
};
