import type { TrustedIssuer } from '../authentication/trusted-issuer.js';
import type { StepUpOptions } from '../authorization/step-up.js';
import type { LoadLimits } from '../http/shed-load.js';
import type { Quota } from '../rate-limits/limiter.js';
import type { RateLimitOptions } from '../rate-limits/rate-limits.js';
import { withSecretFiles } from './secret-files.js';
import { trustedIssuers } from './trusted-issuers.js';
import { encryptionKeys, flag, integer, list, oneOf, redisUrl, text, uri, url, type Variable } from './variables.js';

/** What the server is told by its environment. */
export interface Config {
  readonly environment: 'development' | 'production' | 'test';
  /** Address to listen on. */
  readonly host: string;
  readonly port: number;
  /** Outside production, on the loopback address: for this machine alone. */
  readonly isLocal: boolean;
  /** Base URL of the Logto tenant. */
  readonly logtoEndpoint: string;
  readonly logtoAppId: string;
  readonly logtoAppSecret: string;
  /** Resource indicator of the Management API. */
  readonly logtoResource: string;
  /** Milliseconds to wait for Logto. */
  readonly logtoTimeoutMs: number;
  /** Milliseconds that a call may take, with its token and all its requests to Logto. */
  readonly callTimeoutMs: number;
  /** Where the token for Logto is shared with other processes; in this one alone where it is absent. */
  readonly tokenCache: TokenCacheConfig | undefined;
  /** Who issues callers' access tokens. */
  readonly issuers: readonly TrustedIssuer[];
  /** Seconds by which the clocks of issuers may differ from this one. */
  readonly clockToleranceS: number;
  /** Where callers reach this server; `undefined` where they reach it under its own address. */
  readonly publicUrl: string | undefined;
  /** Callers may change themselves. */
  readonly allowSelf: boolean;
  /** Ids of roles that are given and taken, and whose holders are touched, with `users:protected` alone. */
  readonly protectedRoles: readonly string[];
  /** What credential operations ask of a person's sign-in. */
  readonly stepUp: StepUpOptions;
  /** How often callers may call. */
  readonly rateLimits: RateLimitOptions;
  /** Refused tokens of one address. */
  readonly authenticationFailures: Quota;
  /** A Redis in which replicas count calls together; each counts for itself where it is absent. */
  readonly rateLimitUrl: string | undefined;
  /** Where acts are put on record, besides the log. */
  readonly audit: AuditConfig;
  /** Proxies in front of this server, whose word on a caller's address is taken. */
  readonly trustProxy: readonly string[];
  /** Origins of pages that may call from a browser. */
  readonly corsOrigins: readonly string[];
  /** Logto and the issuer may be reached by plain http beyond the loopback address. */
  readonly allowInsecureHttp: boolean;
  readonly panel: PanelConfig;
  /** Calls in one HTTP request. */
  readonly maxBatchSize: number;
  /** How busy the server may be before it refuses. */
  readonly load: LoadLimits;
  /** Where `/metrics` is served; nowhere where it is absent. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Where spans are sent by OTLP; nowhere where it is absent. */
  readonly tracesUrl: string | undefined;
  readonly logLevel: string;
  /** Milliseconds from being told to end until no new connection is taken: load balancers need them to notice. */
  readonly shutdownDelayMs: number;
  /** Milliseconds that calls in flight are given after that. */
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

/** The page to explore the procedures. */
export interface PanelConfig {
  readonly isOn: boolean;
  /** The application at the first issuer by which people sign in there; tokens are pasted where it is absent. */
  readonly clientId: string | undefined;
  /** What stands at its top, before the name of Logto's host. */
  readonly notice: string | undefined;
}

/** Where acts are put on record. */
export interface AuditConfig {
  readonly file: string | undefined;
  readonly redisUrl: string | undefined;
  /** No act without a record of it beforehand. */
  readonly isStrict: boolean;
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

/**
 * Reads the configuration; an empty variable counts as absent. A secret may lie in a file, which the variable of the
 * same name with `_FILE` behind it names.
 *
 * @param given Variables by name. Default: those of the process.
 * @throws {@link ConfigError} that names all variables which are missing or wrong, what each must be, and an example.
 */
export const readConfig = (given: Readonly<Record<string, string | undefined>> = process.env): Config => {
  const problems: string[] = [];
  const environment = withSecretFiles(given, (problem) => problems.push(problem));

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

  const perMinute = (name: string, otherwise: number): Quota => ({
    points: optional(name, integer('calls a minute', 1, 100_000_000, String(otherwise))) ?? otherwise,
    seconds: 60,
  });

  const issuers = (): readonly TrustedIssuer[] => {
    const tenant = `${logtoEndpoint}/oidc`;
    const complain = (problem: string) => problems.push(problem);
    if (environment['AUTH_ISSUERS']) {
      for (const name of ['AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_JWKS_URI']) {
        if (environment[name]) problems.push(`${name} and AUTH_ISSUERS exclude each other: say it there`);
      }
      return trustedIssuers(environment['AUTH_ISSUERS'], tenant, allowInsecureHttp, complain);
    }
    const issuer = optional('AUTH_ISSUER', url('https://my-tenant.logto.app/oidc', allowInsecureHttp)) ?? tenant;
    const audience = required(
      'AUTH_AUDIENCE',
      uri("the resource indicator of this BFF's own API resource", 'https://users-bff.example.com'),
    );
    const jwksUri = optional('AUTH_JWKS_URI', url('https://my-tenant.logto.app/oidc/jwks', allowInsecureHttp));
    return [
      {
        issuer,
        audiences: [audience],
        jwksUri,
        organizations: [],
        requiresDpop: false,
        isManagedTenant: issuer === tenant,
      },
    ];
  };

  const metrics = (): Config['metrics'] => {
    const port = optional('METRICS_PORT', integer('a port', 0, 65_535, '9464'));
    const host = optional('METRICS_HOST', text('an address to listen on', '0.0.0.0')) ?? '127.0.0.1';
    return port === undefined ? undefined : { host, port };
  };

  const mode = optional('NODE_ENV', oneOf(['development', 'production', 'test'], 'production')) ?? 'development';
  const allowInsecureHttp = optional('ALLOW_INSECURE_HTTP', flag) === 'true';
  const logtoEndpoint = required('LOGTO_ENDPOINT', url('https://my-tenant.logto.app', allowInsecureHttp));
  const host = optional('HOST', text('an address to listen on', '0.0.0.0')) ?? '127.0.0.1';
  const isLocal = mode !== 'production' && /^(localhost|127(\.\d+){3}|::1)$/.test(host);
  const config: Config = {
    environment: mode,
    host,
    isLocal,
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
    callTimeoutMs: optional('CALL_TIMEOUT_MS', integer('milliseconds', 1, 600_000, '10000')) ?? 10_000,
    tokenCache: tokenCache(),
    issuers: issuers(),
    clockToleranceS: optional('AUTH_CLOCK_TOLERANCE_S', integer('seconds', 0, 300, '5')) ?? 5,
    publicUrl: optional('PUBLIC_URL', url('https://users-bff.example.com', allowInsecureHttp)),
    allowSelf: optional('ALLOW_SELF', flag) === 'true',
    protectedRoles: optional('PROTECTED_ROLES', list('ids of roles', /^[\w-]{1,64}$/, 'k1xz8t0wq3ru2vh5ynsbe')) ?? [],
    stepUp: {
      maxAgeSeconds: optional('STEP_UP_MAX_AGE_S', integer('seconds', 1, 86_400, '300')),
      acrValues: optional(
        'STEP_UP_ACR',
        list('authentication context classes', /^[\x21\x23-\x5b\x5d-\x7e]+$/, 'urn:example:mfa'),
      ),
    },
    rateLimits: {
      reads: perMinute('RATE_LIMIT_READS', 600),
      writes: perMinute('RATE_LIMIT_WRITES', 120),
      credentials: perMinute('RATE_LIMIT_CREDENTIALS', 30),
      deletions: perMinute('RATE_LIMIT_DELETIONS', 30),
      passwordGuesses: {
        points: optional('PASSWORD_GUESSES', integer('wrong guesses', 1, 1_000, '5')) ?? 5,
        seconds: 900,
      },
    },
    authenticationFailures: perMinute('AUTH_FAILURES', 100),
    rateLimitUrl: optional('RATE_LIMIT_URL', redisUrl),
    audit: {
      file: optional('AUDIT_FILE', text('the path of a file', '/var/log/users-bff/audit.jsonl')),
      redisUrl: optional('AUDIT_REDIS_URL', redisUrl),
      isStrict: optional('AUDIT_STRICT', flag) === 'true',
    },
    trustProxy:
      optional('TRUST_PROXY', list('addresses or networks', /^[\da-fA-F.:]+(\/\d{1,3})?$/, '10.0.0.0/8')) ?? [],
    corsOrigins: optional('CORS_ORIGINS', list('origins', /^https?:\/\/[^/?#@*]+$/, 'https://admin.example.com')) ?? [],
    allowInsecureHttp,
    panel: {
      isOn: (optional('PANEL', flag) ?? String(isLocal && mode === 'development')) === 'true',
      clientId: optional(
        'PANEL_CLIENT_ID',
        text('the id of a single-page application at the issuer', 'b1q8v0z5hkd3n7y2m4xwc'),
      ),
      notice: optional('PANEL_NOTICE', text('a few words on which server this is', 'Staging')),
    },
    maxBatchSize: optional('MAX_BATCH_SIZE', integer('calls', 1, 1_000, '20')) ?? 20,
    load: {
      maxInFlight: optional('MAX_IN_FLIGHT', integer('requests at a time', 1, 1_000_000, '128')) ?? 128,
      maxEventLoopDelayMs: optional('MAX_EVENT_LOOP_DELAY_MS', integer('milliseconds', 1, 600_000, '200')) ?? 200,
    },
    metrics: metrics(),
    tracesUrl: optional('OTEL_EXPORTER_OTLP_ENDPOINT', url('http://otel-collector:4318', true)),
    logLevel:
      optional('LOG_LEVEL', oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info')) ?? 'info',
    shutdownDelayMs:
      optional('SHUTDOWN_DELAY_MS', integer('milliseconds', 0, 600_000, '3000')) ?? (mode === 'production' ? 3_000 : 0),
    shutdownGraceMs: optional('SHUTDOWN_GRACE_MS', integer('milliseconds', 0, 600_000, '25000')) ?? 25_000,
  };
  if (config.issuers.some(({ audiences }) => audiences.includes(config.logtoResource))) {
    problems.push(
      'AUTH_AUDIENCE must not be the Management API: make an API resource for this BFF, for example AUTH_AUDIENCE=https://users-bff.example.com',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
};
