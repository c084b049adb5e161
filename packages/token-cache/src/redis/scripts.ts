/** Each touches one key, so that they work in a cluster. */

/** Value and remaining time as of one moment. What is no string, or was put there to stay, counts as garbage. */
const READ = `
local value = redis.pcall('GET', KEYS[1])
if not value then return false end
if type(value) == 'table' then value = '' end
return { value, redis.call('PTTL', KEYS[1]) }
`;

/** Takes or prolongs a lease. A lease ends by itself: what stays for ever is none, and is cleared away. */
const LOCK = `
if redis.call('PTTL', KEYS[1]) == -1 then redis.call('DEL', KEYS[1]) end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

const UNLOCK = `
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;

/** As ioredis takes them: sent by their digests, and whole to a server that has forgotten them. */
export const scripts = {
  tokenCacheRead: { lua: READ, numberOfKeys: 1 },
  tokenCacheLock: { lua: LOCK, numberOfKeys: 1 },
  tokenCacheUnlock: { lua: UNLOCK, numberOfKeys: 1 },
} as const;

/** The commands that these scripts become. */
export interface ScriptCommands {
  tokenCacheRead(key: string): Promise<[value: string, remainingMs: number] | null>;
  tokenCacheLock(key: string, owner: string, ttlMs: number): Promise<0 | 1>;
  tokenCacheUnlock(key: string, owner: string): Promise<0 | 1>;
}
