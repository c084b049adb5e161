import { describe, expect, it } from 'vitest';
import { fromHash, toHash } from './route.js';

describe('links to calls', () => {
  it.each([undefined, {}, { a: 'ü 漢 😀', b: [1, null], c: '?&#%/' }, 'text', [1], 0, null])(
    'lead back to %j',
    (input) => {
      expect(fromHash(toHash('users.get', input))).toEqual({ path: 'users.get', input });
    },
  );

  it.each([
    ['', undefined],
    ['#', undefined],
    ['#/', undefined],
    ['#section', undefined],
    ['#/users.get?input=%%%', 'users.get'],
    ['#/users.get?input=bm90IEpTT04', 'users.get'],
    ['#/%E0%A4%A', '%E0%A4%A'],
  ])('%s, which somebody made up, leads to %s without an input', (hash, path) => {
    expect(fromHash(hash)).toEqual({ path, input: undefined });
  });
});
