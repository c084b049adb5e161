import { type JsonSchema, resolve, typesOf } from './resolve.js';

const formats: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  uri: 'a URL',
  uuid: 'a UUID',
  'date-time': 'a time such as 2026-01-31T12:00:00Z',
  date: 'a date such as 2026-01-31',
  time: 'a time such as 12:00:00',
  duration: 'a duration such as P1DT2H',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  base64: 'base64',
  base64url: 'base64url',
  jwt: 'a JSON Web Token',
};

/** The name of a format, or the format itself. */
export const formatWords = (format: string): string => formats[format] ?? format;

const range = (low: number | undefined, high: number | undefined, unit: string): string | undefined => {
  if (low !== undefined && low === high) return `exactly ${low} ${unit}`;
  if (low !== undefined && high !== undefined) return `${low} to ${high} ${unit}`;
  if (low !== undefined && low > 0) return `at least ${low} ${unit}`;
  return high === undefined ? undefined : `at most ${high} ${unit}`;
};

const SAFE = Number.MAX_SAFE_INTEGER;

const numberRange = (schema: JsonSchema): string | undefined => {
  const low = schema.minimum !== undefined && schema.minimum > -SAFE ? schema.minimum : undefined;
  const high = schema.maximum !== undefined && schema.maximum < SAFE ? schema.maximum : undefined;
  if (low !== undefined && high !== undefined) return `${low} to ${high}`;
  if (low !== undefined) return `at least ${low}`;
  return high === undefined ? undefined : `at most ${high}`;
};

const MAX_PATTERN = 60;

/** What a value must be, in the words beside its field. */
export const constraintWords = (schema: JsonSchema): string[] => {
  const { description, format, pattern, 'x-wire': wire } = schema;
  const types = typesOf(schema);
  const words = [
    types.includes('integer') ? 'whole number' : types.includes('number') ? 'number' : undefined,
    wire === 'bigint' ? 'whole number of any size' : undefined,
    format === undefined ? undefined : formatWords(format),
    range(schema.minLength, schema.maxLength, 'characters'),
    numberRange(schema),
    schema.exclusiveMinimum === undefined ? undefined : `more than ${schema.exclusiveMinimum}`,
    schema.exclusiveMaximum === undefined ? undefined : `less than ${schema.exclusiveMaximum}`,
    schema.multipleOf === undefined ? undefined : `a multiple of ${schema.multipleOf}`,
    types.includes('array') ? range(schema.minItems, schema.maxItems, 'items') : undefined,
    schema.uniqueItems ? 'each item once' : undefined,
    types.includes('object') ? range(schema.minProperties, schema.maxProperties, 'entries') : undefined,
    pattern !== undefined && !description && format === undefined && wire === undefined && pattern.length <= MAX_PATTERN
      ? `matches ${pattern}`
      : undefined,
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ];
  return words.filter((word) => word !== undefined);
};

const wires: Readonly<Record<string, string>> = {
  date: 'date',
  bigint: 'bigint',
  set: 'set',
  map: 'map',
  any: 'anything',
  custom: 'anything',
  file: 'file',
  undefined: 'nothing',
};

/** A schema in a word or two, such as `text`, `list of number` or `type: Totp`. */
export const typeWords = (given: JsonSchema, root: JsonSchema): string => {
  const schema = resolve(given, root);
  const { title, enum: values, 'x-wire': wire } = schema;
  if (title) return title;
  if (wire) return wires[wire] ?? wire;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map((option) => typeWords(option, root)))].join(' or ');
  const [type] = typesOf(schema).filter((name) => name !== 'null');
  switch (type) {
    case 'string':
      return 'text';
    case 'integer':
      return 'whole number';
    case 'array': {
      const { items } = schema;
      if (items === undefined) return 'list';
      return Array.isArray(items)
        ? `[${items.map((item) => typeWords(item, root)).join(', ')}]`
        : `list of ${typeWords(items as JsonSchema, root)}`;
    }
    case 'object': {
      const constant = Object.entries(schema.properties ?? {}).find(([, child]) => 'const' in resolve(child, root));
      if (constant) return `${constant[0]}: ${String(resolve(constant[1], root).const)}`;
      const keys = schema.required ?? Object.keys(schema.properties ?? {});
      return keys.length > 0 && keys.length <= 3 ? keys.join(', ') : 'object';
    }
    default:
      return type ?? (typesOf(schema).includes('null') ? 'null' : 'anything');
  }
};
