import { isObject, type JsonSchema } from './resolve.js';

/** Tells secrets by the names of their fields, and by what the schema says. */
export interface Secrets {
  isSecret(name: string, schema?: JsonSchema): boolean;
  /** A value with its secrets replaced by their names. */
  masked(value: unknown): unknown;
  /** A value without its secrets. */
  without(value: unknown): unknown;
}

const walk = (value: unknown, isSecret: (name: string) => boolean, mask: (name: string) => unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => walk(item, isSecret, mask));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      if (!isSecret(key)) return [[key, walk(child, isSecret, mask)]];
      const said = mask(key);
      return said === undefined ? [] : [[key, said]];
    }),
  );
};

export const createSecrets = (source: string): Secrets => {
  const pattern = new RegExp(source, 'i');
  const byName = (name: string) => pattern.test(name);
  return {
    isSecret: (name, schema) => byName(name) || schema?.writeOnly === true || schema?.format === 'password',
    masked: (value) => walk(value, byName, (name) => `<${name}>`),
    without: (value) => walk(value, byName, () => undefined),
  };
};
