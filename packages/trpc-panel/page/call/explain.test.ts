import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { explain } from './explain.js';
import type { CallError } from './send.js';

const none = { from: 'It', codeAt: [], known: {} };

const failure = z.object({ user: z.object({ name: z.string() }), tags: z.array(z.string()) }).safeParse({
  user: { name: 1 },
  tags: ['a', 2],
}).error as z.ZodError;

const NAME = { path: ['user', 'name'], message: 'Invalid input: expected string, received number' };
const TAG = { path: ['tags', 1], message: 'Invalid input: expected string, received number' };

const error = (data: Record<string, unknown>, message = 'refused'): CallError => ({
  code: 'BAD_REQUEST',
  message,
  data,
});

describe('faults are read out of the errors of any router:', () => {
  it.each([
    ["this project's", error({ issues: [NAME, TAG] })],
    ['of the default formatter', error({}, failure.message)],
    ['of a formatter with the error itself', error({ zodError: { issues: failure.issues } })],
    ['of treeifyError', error({ zodError: z.treeifyError(failure) })],
  ])('%s', (_, given) => {
    expect(explain(given, none).issues).toEqual(expect.arrayContaining([NAME, TAG]));
  });

  it('of flattenError, which knows the first key alone', () => {
    const { issues } = explain(error({ zodError: z.flattenError(failure) }), none);
    expect(issues.map(({ path }) => path)).toEqual([['user'], ['tags']]);
  });

  it.each([
    ['nothing', {}],
    ['null', { issues: null, zodError: null }],
    ['other things', { issues: 'x', zodError: 7, validation: [null, { path: 1 }, { path: ['a'] }] }],
    ['a tree of nonsense', { zodError: { errors: [1], properties: { a: null }, items: [undefined] } }],
  ])('%s is no fault', (_, data) => {
    expect(explain(error(data), none).issues).toEqual([]);
  });
});

describe('codes of the system behind', () => {
  const known = { from: 'Logto', codeAt: ['logto', 'code'], known: { taken: { text: 'It is taken.', field: 'name' } } };

  it('are told in words, at their field', () => {
    expect(explain(error({ logto: { code: 'taken' } }), known)).toMatchObject({
      behind: { code: 'taken', text: 'It is taken.' },
      issues: [{ path: ['name'], message: 'It is taken.' }],
    });
  });

  it('that nobody knows are told as they are', () => {
    expect(explain(error({ logto: { code: 'new' } }), known)).toMatchObject({ behind: { code: 'new' }, issues: [] });
  });
});
