import { describe, expect, it } from 'vitest';
import { challenge } from './challenge.js';
import { AuthenticationError } from './errors.js';
import { presentedToken } from './presented-token.js';

const failure = (...headers: string[]): AuthenticationError => {
  try {
    presentedToken(headers);
  } catch (error) {
    if (error instanceof AuthenticationError) return error;
  }
  throw new Error('let in');
};

describe('the bearer token', () => {
  it.each(['Bearer abc.def-_~+/==', 'bearer abc.def-_~+/==', 'BEARER   abc.def-_~+/=='])('of %j is found', (value) => {
    expect(presentedToken(['Host', 'x', 'Authorization', value])).toEqual({
      scheme: 'Bearer',
      token: 'abc.def-_~+/==',
      proof: undefined,
    });
  });

  it.each([[[]], [['Authorization', 'Basic YTpi']], [['Authorization', '']], [['Cookie', 'Authorization']]])(
    'that is not there (%j) is a bare challenge with 401',
    (headers) => {
      const error = failure(...headers);
      expect(error).toMatchObject({ status: 401, failure: undefined });
      expect(challenge(error.failure)).toBe('Bearer realm="users-bff"');
    },
  );

  it.each([
    [['Authorization', 'Bearer']],
    [['Authorization', 'Bearer a b']],
    [['Authorization', 'Bearer a,b']],
    [['Authorization', `Bearer ${'a'.repeat(20_000)}`]],
    [['Authorization', 'Bearer a', 'authorization', 'Bearer b']],
  ])('that is malformed or twice (%#) is invalid_request with 400', (headers) => {
    const error = failure(...headers);
    expect(error.status).toBe(400);
    expect(challenge(error.failure)).toBe('Bearer realm="users-bff", error="invalid_request"');
  });
});
