import { z } from 'zod';

/** Any value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

const MAX_DEPTH = 64;

const fault = (value: unknown): string | undefined => {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value: current, depth } = next;
    if (typeof current === 'string') {
      if (current.includes('\u0000') || !current.isWellFormed()) return 'Must be well-formed Unicode without NUL';
    } else if (typeof current === 'number') {
      if (!Number.isFinite(current)) return 'Must be finite numbers';
      if (Number.isInteger(current) && !Number.isSafeInteger(current)) return 'Integers beyond 2^53 lose their value';
    } else if (typeof current === 'object' && current !== null) {
      if (depth > MAX_DEPTH) return `Must not nest deeper than ${MAX_DEPTH}`;
      const prototype = Object.getPrototypeOf(current);
      if (!Array.isArray(current) && prototype !== Object.prototype && prototype !== null) return 'Must be plain JSON';
      for (const [key, child] of Object.entries(current)) {
        if (key.includes('\u0000') || !key.isWellFormed()) return 'Keys must be well-formed Unicode without NUL';
        open.push({ value: child, depth: depth + 1 });
      }
    } else if (typeof current !== 'boolean' && current !== null) {
      return 'Must be plain JSON';
    }
  }
  return undefined;
};

/** What a JSON Schema says of it: a custom check says nothing by itself. */
const asJsonSchema = { type: 'object', additionalProperties: true };

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A JSON object of any content, passed on as the very object that came: rebuilt, a key such as `__proto__` would be
 * lost or change the prototype.
 */
export const jsonObject = () =>
  z.custom<JsonObject>(isObject, { message: 'Must be a JSON object', abort: true }).meta(asJsonSchema);

/** A {@link jsonObject} to be sent: refused where JSON or Logto's database would change it. */
export const jsonObjectInput = () =>
  jsonObject()
    .superRefine((value, context) => {
      const message = fault(value);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta(asJsonSchema);
