import { alternatives, type JsonSchema, resolve } from './resolve.js';
import { typeWords } from './words.js';

const MAX_DEPTH = 5;

/** A schema as an example of its own words: `{ id: 'text', roles: ['text'] }`. */
export const outline = (given: JsonSchema, root: JsonSchema = given, depth = 0): unknown => {
  const schema = resolve(given, root);
  if (depth > MAX_DEPTH) return '…';
  const options = alternatives(schema, root);
  if (options) {
    const parts = options.map((option) => outline(option, root, depth + 1));
    return parts.every((part) => typeof part === 'string') ? parts.join(' or ') : { 'one of': parts };
  }
  if (schema.properties) {
    const required = new Set(schema.required);
    return Object.fromEntries(
      Object.entries(schema.properties).map(([key, child]) => [
        required.has(key) ? key : `${key}?`,
        outline(child, root, depth + 1),
      ]),
    );
  }
  if (schema.type === 'array' && schema.items) {
    return [schema.items].flat().map((item) => outline(item as JsonSchema, root, depth + 1));
  }
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return { '[name]': outline(schema.additionalProperties, root, depth + 1) };
  }
  return typeWords(schema, root);
};
