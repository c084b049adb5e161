import { core } from 'zod';

type Test = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whatever is not known here is asked of zod itself. */
const byZod =
  (schema: core.$ZodType): Test =>
  (value) =>
    core.safeParse(schema, value).success;

const objectTest = ({ shape, catchall }: core.$ZodObjectDef): Test | undefined => {
  // Other keys may be there, or are none of its business.
  if (catchall && catchall._zod.def.type !== 'unknown') return undefined;
  const fields = Object.entries(shape).map(([key, field]) => ({ key, test: testOf(field) }));
  return (value) => {
    if (!isObject(value)) return false;
    for (const { key, test } of fields) if (!test(value[key])) return false;
    return true;
  };
};

const recordTest = ({ keyType, valueType }: core.$ZodRecordDef): Test | undefined => {
  const { type, checks } = keyType._zod.def;
  if (type !== 'string' || checks?.length) return undefined;
  const test = testOf(valueType);
  return (value) => isObject(value) && Object.values(value).every(test);
};

const customTest = (schema: core.$ZodCustom): Test => {
  const { fn } = schema._zod.def;
  return (value) => Boolean(fn(value));
};

const knownTest = (schema: core.$ZodTypes): Test | undefined => {
  const { def } = schema._zod;
  // A schema of a format, such as z.int(), is a check itself.
  if (def.checks?.length || ('check' in def && def.type !== 'custom')) return undefined;
  switch (def.type) {
    case 'string':
      return def.coerce ? undefined : (value) => typeof value === 'string';
    case 'number':
      return def.coerce ? undefined : Number.isFinite;
    case 'boolean':
      return def.coerce ? undefined : (value) => typeof value === 'boolean';
    case 'undefined':
      return (value) => value === undefined;
    case 'nullable': {
      const test = testOf(def.innerType);
      return (value) => value === null || test(value);
    }
    case 'optional': {
      const test = testOf(def.innerType);
      return (value) => value === undefined || test(value);
    }
    case 'array': {
      const test = testOf(def.element);
      return (value) => Array.isArray(value) && value.every(test);
    }
    case 'object':
      return objectTest(def);
    case 'record':
      return recordTest(def);
    case 'custom':
      return customTest(schema as core.$ZodCustom);
    default:
      return undefined;
  }
};

const tests = new WeakMap<core.$ZodType, Test>();

const testOf = (schema: core.$ZodType): Test => {
  const known = tests.get(schema);
  if (known) return known;
  const test = knownTest(schema as core.$ZodTypes) ?? byZod(schema);
  tests.set(schema, test);
  return test;
};

/**
 * Whether a value fits a schema that changes nothing. zod makes a copy of all that it checks; of answers nobody needs
 * one.
 */
export const fits = (schema: core.$ZodType, value: unknown): boolean => testOf(schema)(value);
