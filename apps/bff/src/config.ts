import { isRedisUrl } from '@users-bff/token-cache/redis';
import { z } from 'zod';

/** What the server is told by its environment. */
export interface Config {
  readonly environment: 'development' | 'production' | 'test';
  /** Address to listen on. */
  readonly host: string;
  readonly port: number;
  /** Base URL of the Logto tenant. */
  readonly logtoEndpoint: string;
  readonly logtoAppId: string;
  readonly logtoAppSecret: string;
  /** Resource indicator of the Management API. */
  readonly logtoResource: string;
  /** Milliseconds to wait for Logto. */
  readonly logtoTimeoutMs: number;
  /** Where the token for Logto is shared with other processes; in this one alone where it is absent. */
  readonly tokenCache: TokenCacheConfig | undefined;
  /** Who issues the callers' access tokens. */
  readonly authIssuer: string;
  /** The resource indicator that callers' access tokens must name as their audience. */
  readonly authAudience: string;
  /** Where the issuer's keys are; by discovery where it is absent. */
  readonly authJwksUri: string | undefined;
  /** Logto and the issuer may be reached by plain http beyond the loopback address. */
  readonly allowInsecureHttp: boolean;
  /** Calls in one HTTP request. */
  readonly maxBatchSize: number;
  readonly logLevel: string;
  /** Milliseconds that calls in flight are given at the end. */
  readonly shutdownGraceMs: number;
}

/** A Redis, and how the token lies in it. */
export interface TokenCacheConfig {
  readonly url: string;
  /** 32 bytes each, in base64. The first one seals, all of them open. */
  readonly encryptionKeys: readonly string[];
  /** Begins every key. */
  readonly prefix: string;
}

/** The environment does not tell what the server needs to know. */
export class ConfigError extends Error {
  /** One line for each variable that is missing or wrong. Never its value. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  /** What it must be, for the one who set it wrong. */
  readonly must: string;
  readonly example: string;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const isUrl = (value: string, allowHttp: boolean): boolean => {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  const isEncrypted = protocol === 'https:' || (protocol === 'http:' && (allowHttp || LOOPBACK.test(hostname)));
  return isEncrypted && !username && !password && !search && !hash;
};

const url = (example: string, allowHttp: boolean): Variable<string> => ({
  schema: z
    .string()
    .refine((value) => isUrl(value, allowHttp))
    .transform((value) => value.replace(/\/+$/, '')),
  must: 'must be an https URL (http for the loopback address alone) without credentials, query and fragment',
  example,
});

const uri = (what: string, example: string): Variable<string> => ({
  schema: z.string().refine((value) => URL.canParse(value)),
  must: `must be ${what}, an absolute URI`,
  example,
});

const text = (what: string, example: string): Variable<string> => ({
  schema: z.string().min(1),
  must: `must be ${what}`,
  example,
});

const redisUrl: Variable<string> = {
  schema: z.string().refine(isRedisUrl),
  must: 'must be a Redis URL: redis://, redis+cluster:// or redis+sentinel://, over TLS rediss',
  example: 'rediss://:<password>@redis.example.com:6379',
};

const isEncryptionKey = (value: string): boolean =>
  /^[\w+/-]+={0,2}$/.test(value) && Buffer.from(value, 'base64').length === 32;

const encryptionKeys: Variable<readonly string[]> = {
  schema: z
    .string()
    .transform((value) => value.split(',').map((key) => key.trim()))
    .refine((keys) => keys.every(isEncryptionKey)),
  must: 'must be 32 bytes in base64, as made by "openssl rand -base64 32"; several with commas between, the first of which seals',
  example: '<32 bytes in base64>',
};

const integer = (what: string, min: number, max: number, example: string): Variable<number> => ({
  schema: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max),
  must: `must be ${what} from ${min} to ${max}`,
  example,
});

const oneOf = <const T extends readonly [string, ...string[]]>(values: T, example: T[number]): Variable<T[number]> => ({
  schema: z.enum(values) as unknown as z.ZodType<T[number], string>,
  must: `must be one of ${values.join(', ')}`,
  example,
});

/**
 * Reads the configuration; an empty variable counts as absent.
 *
 * @param environment Variables by name. Default: those of the process.
 * @throws {@link ConfigError} that names all variables which are missing or wrong, what each must be, and an example.
 */
export const readConfig = (environment: Readonly<Record<string, string | undefined>> = process.env): Config => {
  const problems: string[] = [];

  const optional = <T>(name: string, { schema, must, example }: Variable<T>): T | undefined => {
    const value = environment[name];
    if (!value) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    problems.push(`${name} ${must}, for example ${name}=${example}`);
    return undefined;
  };
  const required = <T>(name: string, variable: Variable<T>): T => {
    if (environment[name]) return optional(name, variable) as T;
    problems.push(`${name} is missing: it ${variable.must}, for example ${name}=${variable.example}`);
    return undefined as T;
  };

  const tokenCache = (): TokenCacheConfig | undefined => {
    if (!environment['TOKEN_CACHE_URL']) return undefined;
    return {
      url: required('TOKEN_CACHE_URL', redisUrl),
      encryptionKeys: required('TOKEN_CACHE_KEYS', encryptionKeys),
      prefix: optional('TOKEN_CACHE_PREFIX', text('what every key begins with', 'users-bff:')) ?? 'users-bff:',
    };
  };

  const mode = optional('NODE_ENV', oneOf(['development', 'production', 'test'], 'production')) ?? 'development';
  const allowInsecureHttp = optional('ALLOW_INSECURE_HTTP', oneOf(['true', 'false'], 'true')) === 'true';
  const logtoEndpoint = required('LOGTO_ENDPOINT', url('https://my-tenant.logto.app', allowInsecureHttp));
  const config: Config = {
    environment: mode,
    host: optional('HOST', text('an address to listen on', '0.0.0.0')) ?? '127.0.0.1',
    port: optional('PORT', integer('a port', 0, 65_535, '3000')) ?? 3_000,
    logtoEndpoint,
    logtoAppId: required('LOGTO_APP_ID', text('the id of the machine-to-machine application', 'x0f7ab34sdl5z')),
    logtoAppSecret: required('LOGTO_APP_SECRET', text('the secret of that application', '<app secret>')),
    logtoResource:
      optional(
        'LOGTO_RESOURCE',
        uri('the resource indicator of the Management API', 'https://my-tenant.logto.app/api'),
      ) ?? 'https://default.logto.app/api',
    logtoTimeoutMs: optional('LOGTO_TIMEOUT_MS', integer('milliseconds', 1, 600_000, '5000')) ?? 5_000,
    tokenCache: tokenCache(),
    authIssuer:
      optional('AUTH_ISSUER', url('https://my-tenant.logto.app/oidc', allowInsecureHttp)) ?? `${logtoEndpoint}/oidc`,
    authAudience: required(
      'AUTH_AUDIENCE',
      uri("the resource indicator of this BFF's own API resource", 'https://users-bff.example.com'),
    ),
    authJwksUri: optional('AUTH_JWKS_URI', url('https://my-tenant.logto.app/oidc/jwks', allowInsecureHttp)),
    allowInsecureHttp,
    maxBatchSize: optional('MAX_BATCH_SIZE', integer('calls', 1, 1_000, '20')) ?? 20,
    logLevel:
      optional('LOG_LEVEL', oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info')) ?? 'info',
    shutdownGraceMs: optional('SHUTDOWN_GRACE_MS', integer('milliseconds', 0, 600_000, '25000')) ?? 25_000,
  };
  if (config.logtoResource && config.logtoResource === config.authAudience) {
    problems.push(
      'AUTH_AUDIENCE must not be the Management API: make an API resource for this BFF, for example AUTH_AUDIENCE=https://users-bff.example.com',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
};
