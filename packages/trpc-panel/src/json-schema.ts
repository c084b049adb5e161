import { z } from 'zod';

/** What JSON alone cannot carry, or cannot tell from something else. */
export type WireType = 'date' | 'bigint' | 'set' | 'map' | 'any' | 'custom' | 'undefined' | 'file' | 'impossible';

/**
 * A JSON Schema (draft 7) of the values as they are written by hand: a date as ISO 8601 text, a bigint as its digits, a
 * set as a list, a map as a list of pairs. `x-wire` tells what becomes of them on the way.
 */
export interface JsonSchema {
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly writeOnly?: boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly additionalItems?: boolean | JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly 'x-wire'?: WireType;
}

type Draft = Record<string, unknown>;

/** Which side of a schema: what callers may write, or what they get. */
export type Side = 'input' | 'output';

/** Makes a draft be this schema, and keeps what was said about it. */
const become = (draft: Draft, schema: Draft): void => {
  const { title, description, examples, deprecated } = draft;
  for (const key of Object.keys(draft)) delete draft[key];
  Object.assign(draft, { title, description, examples, deprecated }, schema);
  for (const key of Object.keys(draft)) if (draft[key] === undefined) delete draft[key];
};

const inner = (schema: z.core.$ZodType, side: Side): Draft => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, optionsOf(side)) as Draft;
  return { ...rest };
};

/** Whether a pipe or a coercion takes text where the type itself would not. */
const isCoerced = (schema: z.core.$ZodType): boolean => (schema._zod.def as { coerce?: boolean }).coerce === true;

/** What stands for a schema that JSON Schema has no word for; `undefined` where it has one. */
const standIn = (schema: z.core.$ZodType, draft: Draft, side: Side): Draft | undefined => {
  const def = schema._zod.def as z.core.$ZodTypes['_zod']['def'];
  const takesText = side === 'input' && isCoerced(schema);
  switch (def.type) {
    case 'date':
      return { type: 'string', format: 'date-time', ...(!takesText && { 'x-wire': 'date' }) };
    case 'bigint':
      return { type: 'string', pattern: '^-?\\d+$', ...(!takesText && { 'x-wire': 'bigint' }) };
    case 'set':
      return { type: 'array', items: inner(def.valueType, side), uniqueItems: true, 'x-wire': 'set' };
    case 'map': {
      const pair = [inner(def.keyType, side), inner(def.valueType, side)];
      const items = { type: 'array', items: pair, minItems: 2, additionalItems: false };
      return { type: 'array', items, 'x-wire': 'map' };
    }
    case 'record': {
      // Names that are known are fields.
      const { enum: names } = (draft['propertyNames'] ?? {}) as { enum?: string[] };
      if (!names) return undefined;
      const properties = Object.fromEntries(names.map((name) => [name, draft['additionalProperties']]));
      return { type: 'object', properties, required: draft['required'], additionalProperties: false };
    }
    case 'any':
    case 'unknown':
      return draft['type'] === undefined ? { 'x-wire': 'any' } : undefined;
    case 'custom':
    case 'transform':
      // A schema may say by `.meta()` what its code checks.
      return draft['type'] === undefined && draft['anyOf'] === undefined ? { 'x-wire': 'custom' } : undefined;
    case 'undefined':
    case 'void':
      return { 'x-wire': 'undefined' };
    case 'file':
      return { 'x-wire': 'file' };
    case 'symbol':
    case 'function':
    case 'promise':
    case 'nan':
      return { 'x-wire': 'impossible' };
    default:
      return undefined;
  }
};

const override = (schema: z.core.$ZodType, draft: Draft, side: Side): void => {
  const stand = standIn(schema, draft, side);
  if (stand) become(draft, stand);
  // Defaults are written by hand too: a bigint's as its digits.
  const { defaultValue } = schema._zod.def as { defaultValue?: unknown };
  if (typeof defaultValue === 'bigint') draft['default'] = String(defaultValue);
};

const optionsOf = (side: Side) =>
  ({
    target: 'draft-7',
    io: side,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => override(zodSchema, jsonSchema as Draft, side),
  }) satisfies Parameters<typeof z.toJSONSchema>[1];

const ROOT = 'Root';

/** A schema that refers to itself as `#` would mean another one wherever it is put: its root gets a name. */
const named = (schema: Draft): Draft => {
  let isRecursive = false;
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => {
        if (key !== '$ref' || child !== '#') return [key, rename(child)];
        isRecursive = true;
        return [key, `#/definitions/${ROOT}`];
      }),
    );
  };
  const { definitions, ...root } = rename(schema) as Draft & { definitions?: Draft };
  if (!isRecursive) return { ...root, ...(definitions && { definitions }) };
  return { $ref: `#/definitions/${ROOT}`, definitions: { ...definitions, [ROOT]: root } };
};

/** Whether a parser is a zod 4 schema, of zod or zod mini. */
export const isZodSchema = (parser: unknown): parser is z.core.$ZodType =>
  (typeof parser === 'object' || typeof parser === 'function') && parser !== null && '_zod' in parser;

/** The JSON Schema of one side of a zod 4 schema (https://zod.dev/json-schema). */
export const toJsonSchema = (schema: z.core.$ZodType, side: Side): JsonSchema =>
  named(inner(schema, side)) as JsonSchema;
