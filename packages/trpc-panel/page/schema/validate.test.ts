import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toJsonSchema } from '../../src/json-schema.js';
import { validate } from './validate.js';

const faults = (schema: z.ZodType, value: unknown): Record<string, string> =>
  Object.fromEntries(
    validate(toJsonSchema(schema, 'input'), value).map(({ path, message }) => [path.join('.'), message]),
  );

describe('faults are found at their field, in words', () => {
  it.each<[name: string, schema: z.ZodType, value: unknown, expected: Record<string, string>]>([
    ['nothing', z.object({ a: z.string() }), undefined, { a: 'is needed' }],
    ['nothing, where nothing is needed', z.object({ a: z.string().optional() }).optional(), undefined, {}],
    ['a missing field', z.object({ a: z.object({ b: z.string() }) }), { a: {} }, { 'a.b': 'is needed' }],
    ['a field too many', z.strictObject({ a: z.string() }), { a: '', b: 1 }, { b: 'is not a field of this input' }],
    ['another type', z.object({ a: z.number() }), { a: 'x' }, { a: 'must be number' }],
    ['a fraction', z.object({ a: z.int() }), { a: 1.5 }, { a: 'must be whole number' }],
    ['an empty text', z.object({ a: z.string().min(1) }), { a: '' }, { a: 'must not be empty' }],
    ['a short text', z.object({ a: z.string().min(2) }), { a: 'x' }, { a: 'must have at least 2 characters' }],
    ['a long text', z.object({ a: z.string().max(1) }), { a: 'xx' }, { a: 'must have at most 1 character' }],
    ['a small number', z.object({ a: z.number().min(2) }), { a: 1 }, { a: 'must be at least 2' }],
    ['a bound', z.object({ a: z.number().positive().lt(3) }), { a: 3 }, { a: 'must be less than 3' }],
    ['a step', z.object({ a: z.number().multipleOf(5) }), { a: 3 }, { a: 'must be a multiple of 5' }],
    ['a format', z.object({ a: z.uuid() }), { a: 'x' }, { a: 'must be a UUID' }],
    ['a pattern', z.object({ a: z.string().regex(/^x$/) }), { a: 'y' }, { a: 'must match ^x$' }],
    ['a choice', z.object({ a: z.enum(['x', 'y']) }), { a: 'z' }, { a: 'must be "x" | "y"' }],
    ['a constant', z.object({ a: z.literal('x') }), { a: 'z' }, { a: 'must be "x"' }],
    ['an item', z.object({ a: z.array(z.string()) }), { a: ['x', 1] }, { 'a.1': 'must be text' }],
    ['an item that is not there yet', z.object({ a: z.array(z.string()) }), { a: [undefined] }, { 'a.0': 'is needed' }],
    ['few items', z.object({ a: z.array(z.string()).min(1) }), { a: [] }, { a: 'must have at least 1 item' }],
    ['a place of a tuple', z.tuple([z.string(), z.number()]), ['x', 'y'], { 1: 'must be number' }],
    ['an entry of a record', z.record(z.string(), z.number()), { x: 'y' }, { x: 'must be number' }],
    [
      'the alternative that was meant',
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('a'), x: z.string() }),
        z.object({ type: z.literal('b'), y: z.number() }),
      ]),
      { type: 'b', y: 'no' },
      { y: 'must be number' },
    ],
    [
      'no alternative',
      z.object({ a: z.union([z.string(), z.number()]) }),
      { a: true },
      { a: 'must be text or number' },
    ],
    ['a nullable', z.object({ a: z.email().nullable() }), { a: 'x' }, { a: 'must be an e-mail address' }],
    ['digits', z.object({ a: z.bigint() }), { a: '1.5' }, { a: 'must be a whole number' }],
    ['a time', z.object({ a: z.date() }), { a: 'soon' }, { a: 'must be a time such as 2026-01-31T12:00:00Z' }],
    ['what fits', z.object({ a: z.string().nullish(), b: z.unknown() }), { a: null, b: [] }, {}],
  ])('%s', (_, schema, value, expected) => {
    expect(faults(schema, value)).toEqual(expected);
  });

  it('a schema that has itself inside is followed', () => {
    const Node = z.object({
      name: z.string().min(1),
      get next() {
        return Node.optional();
      },
    });
    expect(faults(Node, { name: 'a', next: { name: 'b', next: { name: '' } } })).toEqual({
      'next.next.name': 'must not be empty',
    });
  });
});
