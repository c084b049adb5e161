import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/** What may lie in a file, as container platforms mount secrets. */
const SECRETS = ['LOGTO_APP_SECRET', 'TOKEN_CACHE_URL', 'TOKEN_CACHE_KEYS', 'RATE_LIMIT_URL', 'AUDIT_REDIS_URL'];

/**
 * Adds the secrets that lie in files.
 *
 * @param complain Told each file that cannot be read, and each secret that is said twice.
 */
export const withSecretFiles = (environment: Environment, complain: (problem: string) => void): Environment => {
  const secrets = SECRETS.flatMap((name): [string, string][] => {
    const path = environment[`${name}_FILE`];
    if (!path) return [];
    if (environment[name]) complain(`${name} and ${name}_FILE exclude each other`);
    try {
      return [[name, readFileSync(path, 'utf8').trim()]];
    } catch {
      complain(`${name}_FILE must name a file that can be read`);
      return [];
    }
  });
  return { ...environment, ...Object.fromEntries(secrets) };
};
