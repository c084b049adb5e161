import type { JsonSchema } from '../../src/json-schema.js';

export type { JsonSchema };

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) !== Date.prototype;

/** Follows `$ref` into the definitions of the root, and a lone `allOf` to what is in it. */
export const resolve = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
  const { $ref, allOf, ...said } = schema;
  if ($ref !== undefined) {
    const name = $ref.replace('#/definitions/', '').replaceAll('~1', '/').replaceAll('~0', '~');
    const target = root.definitions?.[decodeURIComponent(name)];
    return target ? { ...resolve(target, root), ...said } : said;
  }
  const [only] = allOf ?? [];
  return only && allOf?.length === 1 ? { ...resolve(only, root), ...said } : schema;
};

/** The alternatives of a union, and of unions within it. */
export const alternatives = (schema: JsonSchema, root: JsonSchema): JsonSchema[] | undefined => {
  const options = schema.anyOf ?? schema.oneOf;
  return options?.flatMap((option) => {
    const resolved = resolve(option, root);
    return alternatives(resolved, root) ?? [resolved];
  });
};

/** The types that a schema names. */
export const typesOf = (schema: JsonSchema): string[] => (schema.type === undefined ? [] : [schema.type].flat());

/** A value without the keys that are not sent. */
export const pruned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(pruned);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => (child === undefined ? [] : [[key, pruned(child)]])),
  );
};
