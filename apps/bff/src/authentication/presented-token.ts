import { AuthenticationError } from './errors.js';

/** An access token as it was presented. */
export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
  /** The proof that came with it (RFC 9449, section 4.1). */
  readonly proof: string | undefined;
}

const CREDENTIALS = /^(bearer|dpop) +([\w\-.~+/]+=*)$/i;

const MAX_LENGTH = 16_384;

const valuesOf = (rawHeaders: readonly string[], wanted: string): string[] => {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]];
    if (name.length === wanted.length && name.toLowerCase() === wanted) values.push(value);
  }
  return values;
};

/**
 * The token of a request: from the Authorization header alone (RFC 6750, section 2.1; RFC 9449, section 7.1), never
 * from a query, a form or a cookie.
 *
 * @param rawHeaders Names and values as they came: of two Authorization headers Node would silently keep the first.
 * @throws {@link AuthenticationError} without a failure where no token came; `invalid_request` where it came malformed
 * or twice.
 */
export const presentedToken = (rawHeaders: readonly string[]): PresentedToken => {
  const values = valuesOf(rawHeaders, 'authorization');
  if (values.length > 1) throw new AuthenticationError('invalid_request', 'several Authorization headers');
  const value = values[0]?.trim() ?? '';
  if (!/^(bearer|dpop)( |$)/i.test(value)) throw new AuthenticationError(undefined, 'no access token');
  const [, scheme = '', token = ''] = CREDENTIALS.exec(value) ?? [];
  if (!token || token.length > MAX_LENGTH) throw new AuthenticationError('invalid_request', 'malformed access token');
  const proofs = valuesOf(rawHeaders, 'dpop');
  if (proofs.length > 1) throw new AuthenticationError('invalid_dpop_proof', 'several DPoP headers');
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token, proof: proofs[0] };
};
