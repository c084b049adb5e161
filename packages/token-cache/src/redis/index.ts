export { createRedisClient, type RedisClientOptions } from './connect.js';
export { isRedisUrl } from './connection-string.js';
export { createRedisStore, type RedisStore, type RedisStoreOptions } from './redis-store.js';
