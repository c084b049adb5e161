import { describe, expect, it } from 'vitest';
import { TokenError } from '../errors.js';
import { decodeState, encodeState } from './shared-state.js';

const token = { accessToken: 'secret', lifeMs: 100_000, ageMs: 10_000, isReplacement: true };
const error = new TokenError('unreachable', 'answered with status 500', { oauthError: 'server_error' });
const failure = { error, count: 3, pauseMs: 2_000, ageMs: 0 };

describe('what processes tell each other', () => {
  it('grows old by as much as is gone of the time that the store gave it', () => {
    const { value, ttlMs } = encodeState({ token });
    expect(ttlMs).toBe(90_000);
    const state = decodeState({ value, remainingMs: 60_000 }, 5);
    expect(state?.token).toEqual({ ...token, ageMs: 10_000 + 30_000 + 5 });
    expect(state?.failure).toBeUndefined();
  });

  it('is kept until the token has ended and the failures are forgotten', () => {
    expect(encodeState({ failure }).ttlMs).toBe(62_000);
    expect(encodeState({ token, failure }).ttlMs).toBe(90_000);
  });

  it('tells a failure with its reason', () => {
    const { value, ttlMs } = encodeState({ failure });
    const state = decodeState({ value, remainingMs: ttlMs - 500 }, 0);
    expect(state?.failure).toMatchObject({ count: 3, pauseMs: 2_000, ageMs: 500 });
    expect(state?.failure?.error).toMatchObject({ reason: 'unreachable', oauthError: 'server_error' });
  });

  it('never grows younger', () => {
    const { value } = encodeState({ token });
    expect(decodeState({ value, remainingMs: 1_000_000 }, 0)?.token?.ageMs).toBe(10_000);
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"ttlMs":"1"}',
    '{"ttlMs":1,"token":{"accessToken":7,"lifeMs":1,"ageMs":1}}',
    '{"ttlMs":1,"token":{"accessToken":"x","lifeMs":1e999,"ageMs":1}}',
    '{"ttlMs":1,"token":{"accessToken":"x","lifeMs":1,"ageMs":-1}}',
    '{"ttlMs":1,"failure":{"error":{"reason":"else","message":""},"count":1,"pauseMs":1,"ageMs":1}}',
  ])('is not %j', (value) => {
    expect(decodeState({ value, remainingMs: 1 }, 0)).toBeUndefined();
  });

  it('has an end', () => {
    expect(decodeState({ value: encodeState({ token }).value, remainingMs: -1 }, 0)).toBeUndefined();
  });
});
