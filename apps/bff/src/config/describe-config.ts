import type { Config } from './config.js';

const masked = (url: string | undefined): string | undefined =>
  url?.replace(/\/\/[^@/]*@/, '//***@').replace(/(sentinelPassword=)[^&]*/, '$1***');

/** The configuration as it may be shown. */
export const describeConfig = ({ tokenCache, audit, ...config }: Config): object => ({
  ...config,
  logtoAppSecret: '***',
  rateLimitUrl: masked(config.rateLimitUrl),
  tracesUrl: masked(config.tracesUrl),
  tokenCache: tokenCache && {
    url: masked(tokenCache.url),
    encryptionKeys: tokenCache.encryptionKeys.map(() => '***'),
    prefix: tokenCache.prefix,
  },
  audit: { ...audit, redisUrl: masked(audit.redisUrl) },
});
