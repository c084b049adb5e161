import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthenticationError, KeySetUnavailableError } from '../src/authentication/errors.js';
import type { TrustedIssuer } from '../src/authentication/trusted-issuer.js';
import { createAccessTokenVerifier, type VerifierOptions } from '../src/authentication/verify-access-token.js';
import { AUDIENCE, nowS as now, startIssuer, type TestIssuer } from './issuer.js';

let home: TestIssuer;

beforeEach(async () => {
  home = await startIssuer();
});

afterEach(() => home.close());

const sign: TestIssuer['sign'] = (...given) => home.sign(...given);

const trusted = (more: Partial<TrustedIssuer> = {}): TrustedIssuer => ({
  issuer: home.issuer,
  audiences: [AUDIENCE],
  organizations: [],
  requiresDpop: false,
  isManagedTenant: true,
  ...more,
});

const create = (options: Partial<VerifierOptions> = {}) =>
  createAccessTokenVerifier({ issuers: [trusted()], clockToleranceS: 5, cooldownMs: 0, ...options });

const createFor = (more: Partial<TrustedIssuer>) => create({ issuers: [trusted(more)] });

const unsigned = (header: object, claims: object): string =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

describe('an access token', () => {
  it.each(['at+jwt', 'application/at+jwt', 'AT+JWT'])('of type %s tells its caller', async (typ) => {
    const caller = await create()(await sign({}, { typ }));
    expect(caller).toMatchObject({ subject: 'user-1', clientId: 'app-1', permissions: ['users:read', 'users:write'] });
  });

  it('for several audiences, ours among them, passes; without a scope it has no permission', async () => {
    const caller = await create()(await sign({ aud: ['https://other.example', AUDIENCE], scope: undefined as never }));
    expect(caller.permissions).toEqual([]);
  });

  it.each<[string, JWTPayload, Record<string, unknown>?]>([
    ['expired', { exp: now() - 60 }],
    ['without expiry', { exp: undefined as never }],
    ['not valid yet', { nbf: now() + 600 }],
    ['issued in the future', { iat: now() + 600 }],
    ['of another issuer', { iss: 'https://evil.example/oidc' }],
    ['for another audience', { aud: 'https://default.logto.app/api' }],
    ['for an audience that begins like ours', { aud: `${AUDIENCE}.evil.example` }],
    ['without audience', { aud: undefined as never }],
    ['without subject', { sub: undefined as never }],
    ['with an empty subject', { sub: '' }],
    ['with a number as subject', { sub: 5 as never }],
    ['without client', { client_id: undefined as never }],
    ['without id', { jti: undefined as never }],
    ['with a list as scope', { scope: ['users:read'] as never }],
    ['that is an ID token', {}, { typ: 'JWT' }],
    ['without type', {}, { typ: undefined }],
    ['that is a logout token', {}, { typ: 'logout+jwt' }],
    ['of an unknown key', {}, { kid: 'nope' }],
    ['of a key named by SQL', {}, { kid: "' OR 1=1 --" }],
  ])('%s is refused', async (_, claims, header) => {
    const error = await create()(await sign(claims, header)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ failure: 'invalid_token', status: 401 });
  });

  it('signed with another key under a known name, or naming a key of its own, is refused, and nothing is fetched for it', async () => {
    const forger = await generateKeyPair('ES384', { extractable: true });
    const jwk = await exportJWK(forger.publicKey);
    const url = `${home.issuer}/forged`;
    for (const header of [{}, { jwk }, { jku: url }, { x5u: url }]) {
      await expect(create()(await sign({}, header, forger.privateKey))).rejects.toBeInstanceOf(AuthenticationError);
    }
    expect(home.fetches).not.toContain('/oidc/forged');
  });

  it('unsigned, or signed with the public key as a secret, is refused', async () => {
    const claims = {
      iss: home.issuer,
      aud: AUDIENCE,
      sub: 's',
      client_id: 'c',
      jti: 'j',
      iat: now(),
      exp: now() + 600,
    };
    const none = `${unsigned({ alg: 'none', typ: 'at+jwt' }, claims)}.`;
    const body = unsigned({ alg: 'HS256', typ: 'at+jwt', kid: 'one' }, claims);
    const shared = `${body}.${createHmac('sha256', JSON.stringify(home.keys[0])).update(body).digest('base64url')}`;
    const good = await sign();
    const tampered = `${good.split('.')[0]}.${unsigned({}, claims).split('.')[1]}.${good.split('.')[2]}`;
    for (const token of [none, shared, tampered, good.slice(0, -4), 'garbage', 'a.b.c', `${good}.x.y`]) {
      await expect(create()(token), token.slice(0, 20)).rejects.toBeInstanceOf(AuthenticationError);
    }
  });
});

describe('the keys of the issuer', () => {
  it('are fetched once for many tokens, and a rotation is followed', async () => {
    const verify = create();
    await Promise.all(Array.from({ length: 20 }, async (_, n) => verify(await sign({ jti: String(n) }))));
    expect(home.fetches).toEqual(['/oidc/.well-known/openid-configuration', '/oidc/jwks']);
    const next = await home.addKey('two');
    expect(await verify(await sign({}, { kid: 'two' }, next))).toMatchObject({ subject: 'user-1' });
    expect(home.fetches).toHaveLength(3);
  });

  it('are not fetched for each of many unknown ones', async () => {
    const verify = create({ cooldownMs: 60_000 });
    await verify(await sign());
    home.fetches = [];
    for (let n = 0; n < 50; n += 1) await verify(await sign({}, { kid: `unknown-${n}` })).catch(() => {});
    expect(home.fetches).toEqual([]);
  });

  it('out of reach are not the fault of the caller, and the next call heals', async () => {
    const verify = create();
    home.fault = (response) => void response.writeHead(500).end();
    await expect(verify(await sign())).rejects.toBeInstanceOf(KeySetUnavailableError);
    home.fault = undefined;
    expect(await verify(await sign())).toMatchObject({ subject: 'user-1' });
  });
});

describe('an outage of the issuer', () => {
  const outages: [string, TestIssuer['fault']][] = [
    ['errors', (response) => void response.writeHead(500).end()],
    ['HTML', (response) => void response.writeHead(200).end('<h1>Hello</h1>')],
    ['an empty set', (response) => void response.writeHead(200).end('{"keys":[]}')],
    ['no set', (response) => void response.writeHead(200).end('{}')],
    ['five megabytes', (response) => void response.writeHead(200).end(`{"keys":[],"x":"${'x'.repeat(5e6)}"}`)],
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['silence', () => {}],
  ];

  it.each(outages)(
    'by %s is survived with the keys that were had, and callers with others are told to wait',
    async (_, fault) => {
      const verify = create({ maxAgeMs: 0 });
      await verify(await sign());
      home.fault = fault;
      for (let call = 0; call < 20; call += 1) {
        expect(await verify(await sign({ jti: String(call) }))).toMatchObject({ subject: 'user-1' });
      }
      const unknown = await sign({}, { kid: 'unknown' });
      await expect(verify(unknown)).rejects.toBeInstanceOf(KeySetUnavailableError);
    },
  );

  it('is survived for so long, and no longer', async () => {
    const verify = create({ maxAgeMs: 0, maxStaleMs: 400, cooldownMs: 50 });
    await verify(await sign());
    home.fault = (response) => void response.writeHead(500).end();
    expect(await verify(await sign({ jti: '2' }))).toMatchObject({ subject: 'user-1' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expect(verify(await sign({ jti: '3' }))).rejects.toBeInstanceOf(KeySetUnavailableError);
    home.fault = undefined;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await verify(await sign({ jti: '4' }))).toMatchObject({ subject: 'user-1' });
  });

  it('is asked about once in a while, however many callers come with unknown keys', async () => {
    const verify = create({ cooldownMs: 60_000 });
    await verify(await sign());
    home.fault = (response) => void response.writeHead(500).end();
    home.fetches = [];
    const flood = Array.from({ length: 500 }, async (_, n) => verify(await sign({}, { kid: `unknown-${n}` })));
    expect((await Promise.allSettled(flood)).every(({ status }) => status === 'rejected')).toBe(true);
    expect(home.fetches.length).toBeLessThanOrEqual(1);
  });

  it('at the start is asked about once in a while too', async () => {
    home.fault = (response) => void response.writeHead(500).end();
    const verify = create({ cooldownMs: 60_000 });
    for (let call = 0; call < 20; call += 1) {
      await expect(verify(await sign())).rejects.toBeInstanceOf(KeySetUnavailableError);
    }
    expect(home.fetches).toHaveLength(1);
  });
});

describe('several issuers', () => {
  it('are told apart by their keys, whatever the keys are called', async () => {
    const other = await startIssuer();
    const issuers = [trusted(), { ...trusted(), issuer: other.issuer, isManagedTenant: false }];
    const verify = create({ issuers });
    expect(await verify(await home.sign())).toMatchObject({ issuer: home.issuer, isManagedUser: true });
    expect(await verify(await other.sign())).toMatchObject({ issuer: other.issuer, isManagedUser: false });
    await expect(verify(await home.sign({ iss: other.issuer }))).rejects.toBeInstanceOf(AuthenticationError);
    await expect(verify(await other.sign({ iss: home.issuer }))).rejects.toBeInstanceOf(AuthenticationError);
    await expect(verify(await home.sign({ iss: 'https://stranger.example' }))).rejects.toMatchObject({
      message: 'of an issuer that is not trusted',
    });
    other.close();
  });

  it('and several audiences of one are taken', async () => {
    const verify = createFor({ audiences: [AUDIENCE, 'urn:second'] });
    expect(await verify(await sign({ aud: 'urn:second' }))).toMatchObject({ subject: 'user-1' });
    await expect(verify(await sign({ aud: 'urn:third' }))).rejects.toBeInstanceOf(AuthenticationError);
  });
});

describe('permissions', () => {
  const permissions = async (more: Partial<TrustedIssuer>, claims: JWTPayload) =>
    (await createFor(more)(await sign(claims))).permissions;

  it.each([
    ['users:read users:read', ['users:read']],
    ['USERS:READ', ['USERS:READ']],
    ['users:readx', ['users:readx']],
    ['users:*', ['users:*']],
    ['users:read,users:write', ['users:read,users:write']],
    ['', []],
    ['__proto__ toString', ['__proto__', 'toString']],
  ])('by the scope %j are exactly those', async (scope, expected) => {
    expect(await permissions({}, { scope })).toEqual(expected);
  });

  it('are not read from other claims', async () => {
    const claims = { scope: undefined, scp: 'users:read', permissions: ['users:read'], roles: ['users:read'] };
    expect(await permissions({}, claims)).toEqual([]);
  });

  it('follow from scopes and roles where the configuration says so, and from nothing else', async () => {
    const more = {
      scopes: { 'directory.read': ['users:read'] },
      rolesClaim: 'roles',
      roles: { support: ['users:write'], admin: ['users:delete', 'users:write'] },
    };
    expect(await permissions(more, { scope: 'directory.read users:delete' })).toEqual(['users:read']);
    expect(await permissions(more, { scope: '', roles: ['admin', 'support', 'toString', 7] })).toEqual([
      'users:delete',
      'users:write',
    ]);
    expect(await permissions(more, { scope: '__proto__ constructor', roles: '__proto__' })).toEqual([]);
  });
});

describe('a token of an organization', () => {
  it('is refused unless its organization is on the list: what it allows there, it does not allow everywhere', async () => {
    const token = await sign({ organization_id: 'customer' });
    await expect(create()(token)).rejects.toMatchObject({ failure: 'invalid_token' });
    expect(await createFor({ organizations: ['customer'] })(token)).toMatchObject({ subject: 'user-1' });
  });
});

describe('a good verdict', () => {
  it('is remembered, but not beyond the expiry of the token', async () => {
    const verify = create();
    await verify(await sign());
    const token = await sign({ exp: now() + 2 });
    expect(await verify(token)).toBe(await verify(token));
    await new Promise((resolve) => setTimeout(resolve, 8_100));
    await expect(verify(token)).rejects.toBeInstanceOf(AuthenticationError);
  });

  it('is forgotten when its key leaves the key set', async () => {
    const verify = create();
    const token = await sign();
    await verify(token);
    expect(await verify(token)).toBe(await verify(token));
    home.keys = [];
    const next = await home.addKey('two');
    await verify(await sign({}, { kid: 'two' }, next));
    await expect(verify(token)).rejects.toBeInstanceOf(AuthenticationError);
  });
});
