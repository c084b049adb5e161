import { createHash } from 'node:crypto';
import type { TokenRequestOptions } from '../request/request-token.js';

/**
 * The name of a token: a digest of everything that makes it another token, and of no secret. JSON, because joined
 * strings can be joined differently.
 */
export const cacheKey = ({
  issuer,
  tokenEndpoint,
  clientId,
  clientAuthentication: { method },
  resource,
  scope = '',
  parameters = {},
}: TokenRequestOptions): string => {
  const scopes = [...new Set(scope.split(' ').filter(Boolean))].sort();
  const others = Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1));
  const parts = ['v1', issuer, tokenEndpoint ?? null, clientId, method, resource ?? null, scopes, others];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
};
