import { SuperJSON } from 'superjson';
import type { Transformer } from '../../src/manifest.js';
import { alternatives, isObject, type JsonSchema, resolve } from './resolve.js';
import { nearest } from './validate.js';

/** Makes of written values what the schema means: of text a date, of digits a bigint, of a list a set. */
const revive = (given: JsonSchema, value: unknown, root: JsonSchema): unknown => {
  const schema = resolve(given, root);
  switch (schema['x-wire']) {
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value) : value;
    case 'bigint':
      return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : value;
    case 'set':
      return Array.isArray(value)
        ? new Set(value.map((item) => revive(schema.items as JsonSchema, item, root)))
        : value;
    case 'map': {
      const [key = {}, entry = {}] = ((schema.items as JsonSchema | undefined)?.items ?? []) as readonly JsonSchema[];
      if (!Array.isArray(value) || !value.every(Array.isArray)) return value;
      return new Map(value.map(([name, item]) => [revive(key, name, root), revive(entry, item, root)]));
    }
  }
  const options = alternatives(schema, root);
  if (options) {
    const option = options[nearest(options, value, root)];
    return option ? revive(option, value, root) : value;
  }
  if (schema.allOf) return schema.allOf.reduce<unknown>((current, each) => revive(each, current, root), value);
  if (Array.isArray(value)) {
    const { items, additionalItems } = schema;
    return value.map((item, index) => {
      const own = Array.isArray(items) ? (items[index] ?? additionalItems) : items;
      return typeof own === 'object' ? revive(own as JsonSchema, item, root) : item;
    });
  }
  if (isObject(value)) {
    const { properties = {}, additionalProperties } = schema;
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => {
        const own = properties[key] ?? additionalProperties;
        return [key, typeof own === 'object' ? revive(own, child, root) : child];
      }),
    );
  }
  return value;
};

/** An input as it travels. */
export const toWire = (schema: JsonSchema | undefined, value: unknown, transformer: Transformer): unknown => {
  if (transformer !== 'superjson') return value;
  return SuperJSON.serialize(schema && value !== undefined ? revive(schema, value, schema) : value);
};

/** A result as it is shown: what JSON cannot say gets a name. */
const readable = (value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Set) return [...value].map(readable);
  if (value instanceof Map) return [...value].map(([key, item]) => [readable(key), readable(item)]);
  if (value instanceof RegExp || value instanceof URL) return String(value);
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, readable(child)]));
  return value;
};

/** A result or an error out of what travelled. */
export const fromWire = (value: unknown, transformer: Transformer): unknown => {
  if (transformer !== 'superjson' || !isObject(value) || !('json' in value || 'meta' in value)) return value;
  return readable(SuperJSON.deserialize(value as unknown as Parameters<typeof SuperJSON.deserialize>[0]));
};
