import { ALGORITHMS } from './algorithms.js';
import type { AuthenticationFailure } from './errors.js';

/** What a challenge says besides its error. */
export interface ChallengeFacts {
  /** The permission that is lacking (RFC 6750, section 3). */
  readonly scope?: string | undefined;
  /** How long ago the person may have signed in, in seconds (RFC 9470, section 3). */
  readonly maxAgeSeconds?: number | undefined;
  /** How the person must have signed in (RFC 9470, section 3). */
  readonly acrValues?: string | undefined;
}

const parameters = (...pairs: [name: string, value: string | number | undefined][]): string =>
  pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`])).join(', ');

/** The value of `WWW-Authenticate`. Without a failure it names the scheme only (RFC 6750, section 3). */
export const challenge = (
  failure?: AuthenticationFailure | 'insufficient_scope',
  { scope, maxAgeSeconds, acrValues }: ChallengeFacts = {},
): string => {
  if (failure === 'invalid_dpop_proof') {
    return `DPoP ${parameters(['realm', 'users-bff'], ['error', failure], ['algs', ALGORITHMS.join(' ')])}`;
  }
  return `Bearer ${parameters(
    ['realm', 'users-bff'],
    ['error', failure],
    ['scope', scope],
    ['max_age', maxAgeSeconds],
    ['acr_values', acrValues],
  )}`;
};
