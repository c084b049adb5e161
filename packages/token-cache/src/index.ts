export { TokenError, type TokenErrorReason, TokenStoreError, type TokenStoreErrorReason } from './errors.js';
export type { OnTokenCacheEvent, TokenCacheEvent } from './events.js';
export type { ClientAuthentication } from './request/client-authentication.js';
export type { TokenRequestOptions } from './request/request-token.js';
export { createEncryptedStore } from './sharing/encrypted-store.js';
export { createMemoryStore } from './sharing/memory-store.js';
export type { StoredValue, TokenStore } from './sharing/store.js';
export { createTokenCache, type TokenCache, type TokenCacheOptions } from './token-cache.js';
