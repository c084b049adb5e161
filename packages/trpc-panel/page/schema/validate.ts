import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { alternatives, isObject, type JsonSchema, resolve, typesOf } from './resolve.js';
import { formatWords, typeWords } from './words.js';

/** One fault in an input. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const validators = new WeakMap<JsonSchema, WeakMap<JsonSchema, Validator>>();

const validatorOf = (schema: JsonSchema, root: JsonSchema): Validator => {
  let ofRoot = validators.get(root);
  if (!ofRoot) {
    ofRoot = new WeakMap();
    validators.set(root, ofRoot);
  }
  let validator = ofRoot.get(schema);
  if (!validator) {
    const whole = { ...schema, ...(root.definitions && { definitions: root.definitions }) };
    validator = new Validator(structuredClone(whole) as Schema, '7', false);
    ofRoot.set(schema, validator);
  }
  return validator;
};

/** A value as JSON has it: what is not there yet is null in a list. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Whether a value fits a schema. */
export const isValid = (schema: JsonSchema, value: unknown, root: JsonSchema): boolean =>
  value !== undefined && validatorOf(schema, root).validate(asJson(value)).valid;

const decode = (location: string): string[] =>
  location
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));

const get = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((current, key) => (current as Record<string, unknown> | undefined)?.[key], value);

/** Paths in JSON Schema's own terms have text for indexes. */
const typed = (value: unknown, path: readonly string[]): (string | number)[] =>
  path.map((key, index) => (Array.isArray(get(value, path.slice(0, index))) ? Number(key) : key));

const count = (number: number, unit: string): string => `${number} ${unit}${number === 1 ? '' : 's'}`;

const messageFor = (schema: JsonSchema, value: unknown, keyword: string, root: JsonSchema): string => {
  switch (keyword) {
    case 'type': {
      const types = typesOf(schema);
      return value === undefined
        ? 'is needed'
        : `must be ${types.map((type) => typeWords({ type }, root)).join(' or ')}`;
    }
    case 'const':
    case 'enum':
      return `must be ${typeWords(schema, root)}`;
    case 'minLength':
      return schema.minLength === 1
        ? 'must not be empty'
        : `must have at least ${count(schema.minLength ?? 0, 'character')}`;
    case 'maxLength':
      return `must have at most ${count(schema.maxLength ?? 0, 'character')}`;
    case 'minimum':
      return `must be at least ${schema.minimum}`;
    case 'maximum':
      return `must be at most ${schema.maximum}`;
    case 'exclusiveMinimum':
      return `must be more than ${schema.exclusiveMinimum}`;
    case 'exclusiveMaximum':
      return `must be less than ${schema.exclusiveMaximum}`;
    case 'multipleOf':
      return `must be a multiple of ${schema.multipleOf}`;
    case 'minItems':
      return `must have at least ${count(schema.minItems ?? 0, 'item')}`;
    case 'maxItems':
      return `must have at most ${count(schema.maxItems ?? 0, 'item')}`;
    case 'uniqueItems':
      return 'must have each item once';
    case 'format':
      return `must be ${formatWords(schema.format ?? '')}`;
    case 'pattern':
      if (schema['x-wire'] === 'bigint') return 'must be a whole number';
      return schema.format ? `must be ${formatWords(schema.format)}` : `must match ${schema.pattern}`;
    case 'propertyNames':
      return 'has a name that is not allowed';
    case 'not':
      return 'must not be given';
    default:
      return 'does not fit';
  }
};

/** The alternative of a union that comes nearest to a value. */
export const nearest = (options: readonly JsonSchema[], value: unknown, root: JsonSchema): number => {
  const fitting = options.findIndex((option) => isValid(option, value, root));
  if (fitting >= 0) return fitting;
  const points = options.map((option) => {
    const schema = resolve(option, root);
    if (isObject(value)) {
      const properties = Object.entries(schema.properties ?? {});
      const hits = properties.filter(([key]) => key in value);
      const wrong = hits.filter(([key, child]) => 'const' in resolve(child, root) && !isValid(child, value[key], root));
      return properties.length === 0 ? -1 : 10 * hits.length - 1000 * wrong.length + 1;
    }
    const types = typesOf(schema);
    const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
    return types.includes(type) || (type === 'number' && types.includes('integer')) ? 1 : -1;
  });
  const best = Math.max(...points);
  return best > 0 ? points.indexOf(best) : -1;
};

const COMBINING = new Set(['anyOf', 'oneOf', 'allOf', '$ref', 'properties', 'items', 'additionalItems']);

const issuesAt = (
  given: JsonSchema,
  value: unknown,
  path: readonly (string | number)[],
  root: JsonSchema,
  budget = 20,
): Issue[] => {
  const schema = resolve(given, root);
  if (isValid(schema, value, root) || budget === 0) return [];
  const options = alternatives(schema, root);
  if (options) {
    const index = nearest(options, value, root);
    const option = options[index];
    return option
      ? issuesAt(option, value, path, root, budget - 1)
      : [{ path, message: `must be ${typeWords(schema, root)}` }];
  }
  if (schema.allOf) return schema.allOf.flatMap((each) => issuesAt(each, value, path, root, budget - 1));
  if (isObject(value) && (schema.properties || schema.type === 'object')) {
    const { properties = {}, required = [], additionalProperties } = schema;
    const missing = required
      .filter((key) => value[key] === undefined && !(key in value && properties[key] === undefined))
      .map((key) => ({ path: [...path, key], message: 'is needed' }));
    const wrong = Object.entries(value).flatMap(([key, child]) => {
      if (child === undefined) return [];
      const own = properties[key] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
      if (own) return issuesAt(own, child, [...path, key], root, budget - 1);
      return additionalProperties === false ? [{ path: [...path, key], message: 'is not a field of this input' }] : [];
    });
    const inside = [...missing, ...wrong];
    if (inside.length > 0) return inside;
  }
  if (Array.isArray(value) && schema.items) {
    const { items, additionalItems } = schema;
    const inside = value.flatMap((item, index) => {
      const own = Array.isArray(items) ? (items[index] ?? additionalItems) : items;
      return typeof own === 'object' ? issuesAt(own as JsonSchema, item, [...path, index], root, budget - 1) : [];
    });
    if (inside.length > 0) return inside;
  }
  const own = validatorOf(schema, root)
    .validate(value)
    .errors.filter(({ keyword, instanceLocation }: OutputUnit) => !COMBINING.has(keyword) && instanceLocation === '#');
  const [first] = own.length > 0 ? own : validatorOf(schema, root).validate(value).errors;
  const place = first ? typed(value, decode(first.instanceLocation)) : [];
  return [{ path: [...path, ...place], message: messageFor(schema, value, first?.keyword ?? '', root) }];
};

/** What is wrong with an input, by field, in words. Checks by code are the server's alone. */
export const validate = (schema: JsonSchema, value: unknown): Issue[] => {
  const resolved = resolve(schema, schema);
  if (value === undefined) {
    return resolved.type === 'object' && (resolved.required?.length ?? 0) === 0 ? [] : issuesAt(schema, {}, [], schema);
  }
  return issuesAt(schema, asJson(value), [], schema).map(({ path, message }) => ({
    path,
    message: get(value, path) === undefined && message.startsWith('must') ? 'is needed' : message,
  }));
};
