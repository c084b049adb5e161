import { AuthenticationError } from './errors.js';

const CREDENTIALS = /^bearer +([\w\-.~+/]+=*)$/i;

const MAX_LENGTH = 16_384;

/**
 * The token of a request: from the Authorization header alone (RFC 6750, section 2.1), never from a query, a form or a
 * cookie.
 *
 * @param rawHeaders Names and values as they came: of two Authorization headers Node would silently keep the first.
 * @throws {@link AuthenticationError} without a failure where no bearer token came; `invalid_request` where it came
 * malformed or twice.
 */
export const bearerToken = (rawHeaders: readonly string[]): string => {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
  if (values.length > 1) throw new AuthenticationError('invalid_request', 'several Authorization headers');
  const value = values[0]?.trim() ?? '';
  if (!/^bearer( |$)/i.test(value)) throw new AuthenticationError(undefined, 'no bearer token');
  const token = CREDENTIALS.exec(value)?.[1];
  if (!token || token.length > MAX_LENGTH) throw new AuthenticationError('invalid_request', 'malformed bearer token');
  return token;
};
