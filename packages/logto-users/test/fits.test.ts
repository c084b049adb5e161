import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { core, z } from 'zod';
import { fits } from '../src/fits.js';
import { operations } from '../src/index.js';
import type { Operation } from '../src/operation.js';
import { recordings } from './recordings.js';
import { operationName } from './to-input.js';

const table = operations as unknown as Record<string, Operation<unknown, unknown>>;
const zodTakes = (schema: core.$ZodType, value: unknown) => core.safeParse(schema, value).success;

const STRANGE = [undefined, null, true, 0, -1.5, Number.NaN, 2 ** 60, '', 'text', [], [null], {}, { id: 1 }];

/** A value, and what becomes of it when one of its parts, however deep, is another. */
function* variants(value: unknown): Generator<unknown> {
  yield value;
  yield* STRANGE;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const change = (part: unknown) =>
      Array.isArray(value) ? value.with(Number(key), part) : { ...value, [key]: part };
    for (const part of variants(child)) yield change(part);
    if (!Array.isArray(value)) {
      const { [key]: _left, ...rest } = value as Record<string, unknown>;
      yield rest;
    }
  }
}

describe('whether an answer fits is what zod says of it:', () => {
  const answers = recordings.filter(({ operation, response }) => operation !== 'oidc_token' && response.status < 300);
  const names = new Set(answers.map(operationName));

  it.each([...names])('%s', (name) => {
    const { output } = table[name] as Operation<unknown, unknown>;
    for (const { response } of answers.filter((recording) => operationName(recording) === name))
      for (const value of variants(response.body)) expect(fits(output, value)).toBe(zodTakes(output, value));
  });
});

it('of answers of any operation, whatever they are', () => {
  const outputs = Object.values(table).map(({ output }) => output);
  fc.assert(
    fc.property(fc.constantFrom(...outputs), fc.jsonValue(), (output, value) => {
      expect(fits(output, value)).toBe(zodTakes(output, value));
    }),
    { numRuns: 5_000 },
  );
});

it.each([
  ['lengths', z.string().min(2), ['a', 'ab']],
  [
    'formats',
    z.object({ at: z.iso.date(), n: z.int().min(1) }),
    [
      { at: '2026-01-01', n: 1 },
      { at: 'x', n: 1 },
      { at: '2026-01-01', n: 0.5 },
    ],
  ],
  ['strict objects', z.strictObject({ a: z.string() }), [{ a: '' }, { a: '', b: 1 }]],
  [
    'rests of a kind',
    z.object({ a: z.string() }).catchall(z.number()),
    [
      { a: '', b: 1 },
      { a: '', b: '' },
    ],
  ],
  ['refined objects', z.object({ a: z.string() }).refine(({ a }) => a !== 'x'), [{ a: '' }, { a: 'x' }]],
  ['records with names of a kind', z.record(z.string().max(1), z.number()), [{ a: 1 }, { ab: 1 }]],
  ['alternatives', z.union([z.literal('a'), z.enum(['b', 'c']), z.null()]), ['a', 'b', null, 'd']],
])('%s are looked at too', (_name, schema, values) => {
  const results = values.map((value) => fits(schema, value));
  expect(results).toEqual(values.map((value) => zodTakes(schema, value)));
  expect(new Set(results).size).toBe(2);
});
