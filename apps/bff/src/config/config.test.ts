import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.js';
import { describeConfig } from './describe-config.js';

const complete = {
  LOGTO_ENDPOINT: 'https://tenant.logto.app/',
  LOGTO_APP_ID: 'app',
  LOGTO_APP_SECRET: 'hush',
  AUTH_AUDIENCE: 'https://users-bff.example.com',
};

const problems = (environment: Record<string, string | undefined>): readonly string[] => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('the configuration', () => {
  it('needs four variables, and has a value for every other', () => {
    expect(readConfig(complete)).toEqual({
      environment: 'development',
      host: '127.0.0.1',
      port: 3000,
      isLocal: true,
      panel: { isOn: true, clientId: undefined, notice: undefined },
      logtoEndpoint: 'https://tenant.logto.app',
      logtoAppId: 'app',
      logtoAppSecret: 'hush',
      logtoResource: 'https://default.logto.app/api',
      logtoTimeoutMs: 5000,
      callTimeoutMs: 10000,
      tokenCache: undefined,
      issuers: [
        {
          issuer: 'https://tenant.logto.app/oidc',
          audiences: ['https://users-bff.example.com'],
          jwksUri: undefined,
          organizations: [],
          requiresDpop: false,
          isManagedTenant: true,
        },
      ],
      clockToleranceS: 5,
      publicUrl: undefined,
      allowSelf: false,
      protectedRoles: [],
      stepUp: { maxAgeSeconds: undefined, acrValues: undefined },
      rateLimits: {
        reads: { points: 600, seconds: 60 },
        writes: { points: 120, seconds: 60 },
        credentials: { points: 30, seconds: 60 },
        deletions: { points: 30, seconds: 60 },
        passwordGuesses: { points: 5, seconds: 900 },
      },
      authenticationFailures: { points: 100, seconds: 60 },
      rateLimitUrl: undefined,
      audit: { file: undefined, redisUrl: undefined, isStrict: false },
      trustProxy: [],
      corsOrigins: [],
      allowInsecureHttp: false,
      maxBatchSize: 20,
      load: { maxInFlight: 128, maxEventLoopDelayMs: 200 },
      metrics: undefined,
      tracesUrl: undefined,
      logLevel: 'info',
      shutdownDelayMs: 0,
      shutdownGraceMs: 25000,
    });
  });

  it('gives load balancers time in production, and metrics a port of their own', () => {
    expect(readConfig({ ...complete, NODE_ENV: 'production' }).shutdownDelayMs).toBe(3_000);
    expect(readConfig({ ...complete, METRICS_PORT: '9464' }).metrics).toEqual({ host: '127.0.0.1', port: 9464 });
    const everywhere = { ...complete, METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' };
    expect(readConfig(everywhere).metrics).toEqual({ host: '0.0.0.0', port: 9464 });
  });

  it('names all that is missing at once, one line each, with an example', () => {
    const lines = problems({});
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'LOGTO_ENDPOINT',
      'LOGTO_APP_ID',
      'LOGTO_APP_SECRET',
      'AUTH_AUDIENCE',
    ]);
    for (const line of lines) expect(line).toMatch(/^\w+ is missing: it must be .+, for example \w+=\S+/);
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', '3000x'],
    ['LOGTO_ENDPOINT', 'http://logto.example.com'],
    ['LOGTO_ENDPOINT', 'https://user:hush@logto.example.com'],
    ['LOGTO_ENDPOINT', 'logto'],
    ['AUTH_ISSUER', 'https://logto.example.com/oidc?x=1'],
    ['AUTH_AUDIENCE', 'users-bff'],
    ['MAX_BATCH_SIZE', '0'],
    ['LOG_LEVEL', 'loud'],
    ['NODE_ENV', 'prod'],
  ])('refuses %s=%s in a line that names it, but never a value', (name, value) => {
    const lines = problems({ ...complete, [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name} must be .+, for example ${name}=`));
    expect(lines[0]).not.toContain('hush');
  });

  it('takes plain http beyond the loopback address only where it is allowed', () => {
    const environment = { ...complete, LOGTO_ENDPOINT: 'http://logto:3001' };
    expect(problems(environment)).toHaveLength(1);
    expect(problems({ ...environment, ALLOW_INSECURE_HTTP: 'true' })).toEqual([]);
  });

  it('counts an empty variable as missing', () => {
    expect(problems({ ...complete, LOGTO_APP_SECRET: '' })[0]).toContain('LOGTO_APP_SECRET is missing');
  });

  it("refuses the Management API as the callers' audience: its tokens may do everything", () => {
    const lines = problems({ ...complete, AUTH_AUDIENCE: 'https://default.logto.app/api' });
    expect(lines[0]).toContain('must not be the Management API');
  });

  describe('of several issuers', () => {
    const { AUTH_AUDIENCE: _, ...rest } = complete;
    const people = { issuer: 'https://tenant.logto.app/oidc', audience: 'https://bff.example' };
    const services = {
      issuer: 'https://services.example',
      audience: ['https://bff.example', 'urn:other'],
      jwksUri: 'https://services.example/keys',
      scopes: { 'directory.read': ['users:read'] },
      rolesClaim: 'roles',
      roles: { support: ['users:read', 'users:write'] },
      organizations: ['staff'],
      dpop: 'required',
    };

    it('says for each what its tokens are worth', () => {
      const { issuers } = readConfig({ ...rest, AUTH_ISSUERS: JSON.stringify([people, services]) });
      expect(issuers).toEqual([
        expect.objectContaining({ audiences: ['https://bff.example'], isManagedTenant: true, requiresDpop: false }),
        expect.objectContaining({
          audiences: ['https://bff.example', 'urn:other'],
          scopes: services.scopes,
          roles: services.roles,
          organizations: ['staff'],
          isManagedTenant: false,
          requiresDpop: true,
        }),
      ]);
    });

    it.each([
      ['no JSON', '[{', 'at the start'],
      ['none', '[]', 'at the start'],
      ['an http issuer', JSON.stringify([{ ...people, issuer: 'http://tenant.example' }]), 'at 0.issuer'],
      ['an unknown key', JSON.stringify([{ ...people, audiences: [] }]), 'at 0'],
      ['an unknown permission', JSON.stringify([{ ...people, roles: { a: ['users:*'] } }]), 'at 0.roles.a.0'],
      ['one twice', JSON.stringify([people, people]), 'must name each issuer once'],
      ['the Management API', JSON.stringify([{ ...people, audience: 'https://default.logto.app/api' }]), 'Management'],
    ])('refuses %s', (_, AUTH_ISSUERS, place) => {
      expect(problems({ ...rest, AUTH_ISSUERS }).join('\n')).toContain(place);
    });

    it('has one place for each fact', () => {
      const lines = problems({ ...complete, AUTH_ISSUERS: JSON.stringify([people]) });
      expect(lines).toEqual([expect.stringContaining('AUTH_AUDIENCE and AUTH_ISSUERS exclude each other')]);
    });
  });

  it.each([
    ['PROTECTED_ROLES', 'a,b', { protectedRoles: ['a', 'b'] }],
    [
      'CORS_ORIGINS',
      'https://a.example, https://b.example',
      { corsOrigins: ['https://a.example', 'https://b.example'] },
    ],
    ['STEP_UP_ACR', 'urn:a,urn:b', { stepUp: { maxAgeSeconds: undefined, acrValues: ['urn:a', 'urn:b'] } }],
    ['STEP_UP_MAX_AGE_S', '300', { stepUp: { maxAgeSeconds: 300, acrValues: undefined } }],
    ['ALLOW_SELF', 'true', { allowSelf: true }],
    ['TRUST_PROXY', '10.0.0.0/8,::1', { trustProxy: ['10.0.0.0/8', '::1'] }],
  ])('reads %s=%s', (name, value, expected) => {
    expect(readConfig({ ...complete, [name]: value })).toMatchObject(expected);
  });

  it.each([
    ['PROTECTED_ROLES', 'a,,b'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['STEP_UP_ACR', 'a"b'],
    ['ALLOW_SELF', 'yes'],
    ['RATE_LIMIT_READS', '0'],
    ['RATE_LIMIT_URL', 'http://a'],
    ['TRUST_PROXY', 'true'],
    ['AUTH_CLOCK_TOLERANCE_S', '-1'],
  ])('refuses %s=%s', (name, value) => {
    expect(problems({ ...complete, [name]: value })).toEqual([expect.stringContaining(name)]);
  });

  describe('with secrets', () => {
    const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    const file = join(folder, 'secret');
    writeFileSync(file, 'from a file\n');
    const { LOGTO_APP_SECRET: _, ...rest } = complete;

    it('L9 takes them from files', () => {
      expect(readConfig({ ...rest, LOGTO_APP_SECRET_FILE: file }).logtoAppSecret).toBe('from a file');
    });

    it('says which file it cannot read, and which secret is said twice', () => {
      expect(problems({ ...rest, LOGTO_APP_SECRET_FILE: join(folder, 'nowhere') })).toContain(
        'LOGTO_APP_SECRET_FILE must name a file that can be read',
      );
      expect(problems({ ...complete, LOGTO_APP_SECRET_FILE: file })).toEqual([expect.stringContaining('exclude')]);
    });

    it('L7 is shown without them', () => {
      const shown = JSON.stringify(
        describeConfig(
          readConfig({
            ...complete,
            LOGTO_APP_SECRET: 'needle',
            TOKEN_CACHE_URL: 'redis+sentinel://:needle@a/m?sentinelPassword=needle',
            TOKEN_CACHE_KEYS: Buffer.alloc(32, 'needle').toString('base64'),
            RATE_LIMIT_URL: 'rediss://user:needle@b',
            AUDIT_REDIS_URL: 'rediss://:needle@c',
          }),
        ),
      );
      expect(shown).not.toContain('needle');
      expect(shown).not.toContain(Buffer.alloc(32, 'needle').toString('base64'));
      expect(shown).toContain('https://tenant.logto.app');
    });
  });

  it.each([
    ['development', '127.0.0.1', undefined, true],
    ['development', '0.0.0.0', undefined, false],
    ['development', '0.0.0.0', 'true', true],
    ['development', '127.0.0.1', 'false', false],
    ['production', '127.0.0.1', undefined, false],
    ['production', '0.0.0.0', 'true', true],
    ['test', '127.0.0.1', undefined, false],
  ])('in %s on %s, with PANEL %s, the panel is on: %s', (environment, host, panel, isOn) => {
    expect(readConfig({ ...complete, NODE_ENV: environment, HOST: host, PANEL: panel }).panel.isOn).toBe(isOn);
  });

  describe('of the shared token cache', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const other = Buffer.alloc(32, 8).toString('base64');

    it('is absent unless it has a URL', () => {
      expect(readConfig(complete).tokenCache).toBeUndefined();
      expect(readConfig({ ...complete, TOKEN_CACHE_KEYS: key }).tokenCache).toBeUndefined();
    });

    it('is a Redis, keys of which the first one seals, and a prefix', () => {
      const url = 'redis+sentinel://:secret@a,b/users';
      expect(
        readConfig({ ...complete, TOKEN_CACHE_URL: url, TOKEN_CACHE_KEYS: `${key}, ${other}` }).tokenCache,
      ).toEqual({
        url,
        encryptionKeys: [key, other],
        prefix: 'users-bff:',
      });
    });

    it('never goes without a key, in development either', () => {
      expect(problems({ ...complete, TOKEN_CACHE_URL: 'redis://127.0.0.1' })).toEqual([
        expect.stringContaining('TOKEN_CACHE_KEYS is missing'),
      ]);
    });

    it('shows no password and no key when it is wrong', () => {
      const lines = problems({ ...complete, TOKEN_CACHE_URL: 'http://:hunter2@a', TOKEN_CACHE_KEYS: 'hunter3' });
      expect(lines.map((line) => line.split(' ')[0])).toEqual(['TOKEN_CACHE_URL', 'TOKEN_CACHE_KEYS']);
      expect(lines.join()).not.toMatch(/hunter[23]/);
    });
  });
});
