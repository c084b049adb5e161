import { describe, expect, it } from 'vitest';
import { bearerToken } from './bearer-token.js';
import { AuthenticationError } from './errors.js';

const failure = (...headers: string[]): AuthenticationError => {
  try {
    bearerToken(headers);
  } catch (error) {
    if (error instanceof AuthenticationError) return error;
  }
  throw new Error('let in');
};

describe('the bearer token', () => {
  it.each(['Bearer abc.def-_~+/==', 'bearer abc.def-_~+/==', 'BEARER   abc.def-_~+/=='])('of %j is found', (value) => {
    expect(bearerToken(['Host', 'x', 'Authorization', value])).toBe('abc.def-_~+/==');
  });

  it.each([[[]], [['Authorization', 'Basic YTpi']], [['Authorization', '']], [['Cookie', 'Authorization']]])(
    'that is not there (%j) is a bare challenge with 401',
    (headers) => {
      expect(failure(...headers)).toMatchObject({
        status: 401,
        failure: undefined,
        challenge: 'Bearer realm="users-bff"',
      });
    },
  );

  it.each([
    [['Authorization', 'Bearer']],
    [['Authorization', 'Bearer a b']],
    [['Authorization', 'Bearer a,b']],
    [['Authorization', `Bearer ${'a'.repeat(20_000)}`]],
    [['Authorization', 'Bearer a', 'authorization', 'Bearer b']],
  ])('that is malformed or twice (%#) is invalid_request with 400', (headers) => {
    expect(failure(...headers)).toMatchObject({
      status: 400,
      challenge: 'Bearer realm="users-bff", error="invalid_request"',
    });
  });
});
