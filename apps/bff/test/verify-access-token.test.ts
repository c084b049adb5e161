import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthenticationError, KeySetUnavailableError } from '../src/authentication/errors.js';
import { createAccessTokenVerifier } from '../src/authentication/verify-access-token.js';

const AUDIENCE = 'https://users-bff.example';

/** An issuer of our own, because a forger needs its keys. */
let server: Server;
let issuer: string;
let keys: JWK[];
let privateKey: CryptoKey;
let isDown: boolean;
let fetches: string[];

const now = (): number => Math.floor(Date.now() / 1000);

const addKey = async (kid: string): Promise<CryptoKey> => {
  const pair = await generateKeyPair('ES384');
  keys.push({ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES384', use: 'sig' });
  return pair.privateKey;
};

beforeEach(async () => {
  keys = [];
  fetches = [];
  isDown = false;
  privateKey = await addKey('one');
  server = createServer((request, response) => {
    fetches.push(request.url ?? '');
    if (isDown) return void response.writeHead(500).end();
    const body = request.url === '/oidc/jwks' ? { keys } : { issuer, jwks_uri: `${issuer}/jwks` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oidc`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const sign = (claims: JWTPayload = {}, header: Record<string, unknown> = {}, key = privateKey): Promise<string> =>
  new SignJWT({
    iss: issuer,
    aud: AUDIENCE,
    sub: 'user-1',
    client_id: 'app-1',
    jti: 'j',
    iat: now(),
    exp: now() + 3600,
    scope: 'users:read users:write',
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES384', typ: 'at+jwt', kid: 'one', ...header })
    .sign(key);

const create = (cooldownMs = 0) => createAccessTokenVerifier({ issuer, audience: AUDIENCE, cooldownMs });

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
    const url = `${issuer}/forged`;
    for (const header of [{}, { jwk }, { jku: url }, { x5u: url }]) {
      await expect(create()(await sign({}, header, forger.privateKey))).rejects.toBeInstanceOf(AuthenticationError);
    }
    expect(fetches).not.toContain('/oidc/forged');
  });

  it('unsigned, or signed with the public key as a secret, is refused', async () => {
    const claims = { iss: issuer, aud: AUDIENCE, sub: 's', client_id: 'c', jti: 'j', iat: now(), exp: now() + 600 };
    const none = `${unsigned({ alg: 'none', typ: 'at+jwt' }, claims)}.`;
    const body = unsigned({ alg: 'HS256', typ: 'at+jwt', kid: 'one' }, claims);
    const shared = `${body}.${createHmac('sha256', JSON.stringify(keys[0])).update(body).digest('base64url')}`;
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
    expect(fetches).toEqual(['/oidc/.well-known/openid-configuration', '/oidc/jwks']);
    const next = await addKey('two');
    expect(await verify(await sign({}, { kid: 'two' }, next))).toMatchObject({ subject: 'user-1' });
    expect(fetches).toHaveLength(3);
  });

  it('are not fetched for each of many unknown ones', async () => {
    const verify = create(60_000);
    await verify(await sign());
    fetches = [];
    for (let n = 0; n < 50; n += 1) await verify(await sign({}, { kid: `unknown-${n}` })).catch(() => {});
    expect(fetches).toEqual([]);
  });

  it('out of reach are not the fault of the caller, and the next call heals', async () => {
    const verify = create();
    isDown = true;
    await expect(verify(await sign())).rejects.toBeInstanceOf(KeySetUnavailableError);
    isDown = false;
    expect(await verify(await sign())).toMatchObject({ subject: 'user-1' });
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
    keys = [];
    const next = await addKey('two');
    await verify(await sign({}, { kid: 'two' }, next));
    await expect(verify(token)).rejects.toBeInstanceOf(AuthenticationError);
  });
});
