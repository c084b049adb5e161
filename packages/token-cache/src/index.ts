export { TokenError, type TokenErrorReason } from './errors.js';
export type { TokenRequestOptions } from './request-token.js';
export { createTokenCache, type TokenCache } from './token-cache.js';
