import { describe, expect, it } from 'vitest';
import { jsonFault } from './json-guard.js';

describe('a JSON text', () => {
  it.each(['['.repeat(65), `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, '['.repeat(1_000_000), '[[],'.repeat(100)])(
    'nested too deeply is refused (%#)',
    (text) => {
      expect(jsonFault(text)).toContain('nested');
    },
  );

  it.each(['9007199254740993', '{"a":[-9007199254740993]}', '1e999', '[1,-1e400]', '99999999999999999999'])(
    'with a number that would be another is refused: %s',
    (text) => {
      expect(jsonFault(text)).toContain('number');
    },
  );

  it.each([
    '',
    '{}',
    '['.repeat(64) + ']'.repeat(64),
    '[[],[],[]]'.repeat(1_000),
    '{"a":"9007199254740993 1e999 [[[[{{{{ \\" 1e999","b":-0.5e-10,"c":9007199254740991}',
    '"\\\\"',
    '"unfinished [[[[',
    'no JSON at all: - -- +',
  ])('else passes: %s', (text) => {
    expect(jsonFault(text)).toBeUndefined();
  });
});
