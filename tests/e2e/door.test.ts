import { createHash, createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUDIENCE, nowS, startIssuer, type TestIssuer } from '../../apps/bff/test/issuer.js';
import { startWorld, type World } from '../world.js';

let world: World;
let issuer: TestIssuer;
let attacker: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer();
  attacker = await startIssuer();
  const issuers = [{ issuer: issuer.issuer, audience: AUDIENCE }];
  world = await startWorld({
    environment: { AUTH_ISSUER: '', AUTH_AUDIENCE: '', AUTH_ISSUERS: JSON.stringify(issuers) },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  issuer.close();
  attacker.close();
});

beforeEach(() => {
  world.sandbox.forgetRequests();
  attacker.fetches = [];
});

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const good = () => ({
  iss: issuer.issuer,
  aud: AUDIENCE,
  sub: 'user-1',
  client_id: 'app-1',
  jti: 'j',
  iat: nowS(),
  exp: nowS() + 600,
  scope: 'users:read',
});

const by = (secret: string | Buffer, header: object): string => {
  const body = `${base64url(header)}.${base64url(good())}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
};

const call = (headers: Record<string, string>, path = 'users.list', method = 'GET') =>
  fetch(`${world.url}/${path}`, { headers, method });

const withToken = (token: string) => call({ authorization: `Bearer ${token}` });

const INVALID = 'Bearer realm="users-bff", error="invalid_token"';

describe('a forged token', () => {
  const forged: [string, () => string | Promise<string>][] = [
    ['T3 expired', () => issuer.sign({ exp: nowS() - 10 })],
    ['T3 beyond the tolerance by a second', () => issuer.sign({ exp: nowS() - 6 })],
    ['T3 not yet valid', () => issuer.sign({ nbf: nowS() + 60 })],
    ['T3 without exp', () => issuer.sign({ exp: undefined as never })],
    ['T3 with a string as exp', () => issuer.sign({ exp: '9999999999' as never })],
    ['T3 with null as exp', () => issuer.sign({ exp: null as never })],
    ['T3 issued in the future', () => issuer.sign({ iat: nowS() + 60 })],
    ['T3 of a life of two days', () => issuer.sign({ exp: nowS() + 172_800 })],
    ['T4 without audience', () => issuer.sign({ aud: undefined as never })],
    ['T4 for the Management API', () => issuer.sign({ aud: 'https://default.logto.app/api' })],
    ['T4 for an audience that ends like ours', () => issuer.sign({ aud: `https://evil.example/${AUDIENCE}` })],
    ['T4 for others, several', () => issuer.sign({ aud: ['https://a.example', 'https://b.example'] })],
    ['T5 of an issuer with a slash more', () => issuer.sign({ iss: `${issuer.issuer}/` })],
    ['T5 of an issuer in capitals', () => issuer.sign({ iss: issuer.issuer.toUpperCase() })],
    ['T5 of several issuers', () => issuer.sign({ iss: [issuer.issuer] as never })],
    ['T5 of an issuer by https', () => issuer.sign({ iss: issuer.issuer.replace('http:', 'https:') })],
    ['T6 with alg none', () => `${base64url({ alg: 'none', typ: 'at+jwt' })}.${base64url(good())}.`],
    ['T6 with alg NoNe', () => `${base64url({ alg: 'NoNe', typ: 'at+jwt', kid: 'one' })}.${base64url(good())}.AA`],
    ['T6 without alg', () => `${base64url({ typ: 'at+jwt', kid: 'one' })}.${base64url(good())}.AA`],
    [
      'T6 with HS256 by the public key as JWK',
      () => by(JSON.stringify(issuer.keys[0]), { alg: 'HS256', typ: 'at+jwt', kid: 'one' }),
    ],
    ['T6 with HS256 by nothing', () => by('', { alg: 'HS256', typ: 'at+jwt', kid: 'one' })],
    ['T6 with RS256 under the name of an EC key', () => by('x', { alg: 'RS256', typ: 'at+jwt', kid: 'one' })],
    ['T7 stripped of its signature', async () => `${(await issuer.sign()).split('.').slice(0, 2).join('.')}.`],
    ['T7 signed with zeros', async () => (await issuer.sign()).replace(/[^.]+$/, 'A'.repeat(128))],
    ['T7 truncated', async () => (await issuer.sign()).slice(0, -10)],
    [
      'T7 with another payload',
      async () => (await issuer.sign()).replace(/\.[^.]+\./, `.${base64url({ ...good(), scope: 'users:delete' })}.`),
    ],
    [
      'T7 with the signature of another token',
      async () =>
        `${(await issuer.sign({ jti: 'a' })).split('.').slice(0, 2).join('.')}.${(await issuer.sign({ jti: 'b' })).split('.')[2]}`,
    ],
    ['T7 of five parts', async () => `${await issuer.sign()}.AA.AA`],
    [
      'T7 with crit',
      () =>
        issuer
          .sign({}, { crit: ['exp'] })
          .catch(() => `${base64url({ alg: 'ES384', typ: 'at+jwt', crit: ['x'], x: 1 })}.${base64url(good())}.AA`),
    ],
    ['T7 that is no JWT', () => 'garbage'],
    ['T8 of an unknown key', () => issuer.sign({}, { kid: 'two' })],
    ['T8 of a key that is a path', () => issuer.sign({}, { kid: '../../../dev/null' })],
    ['T8 of a key that is SQL', () => issuer.sign({}, { kid: "x' OR 1=1 --" })],
    ['T8 of a key that is an object', () => issuer.sign({}, { kid: { $ne: null } })],
    ['T8 of a key of ten thousand characters', () => issuer.sign({}, { kid: 'k'.repeat(10_000) })],
    ['T8 signed by another key under a known name', () => issuer.sign({}, {}, attacker.privateKey)],
    ['T8 with jku', () => issuer.sign({}, { jku: `${attacker.issuer}/jwks` }, attacker.privateKey)],
    ['T8 with x5u', () => issuer.sign({}, { x5u: `${attacker.issuer}/x5u` }, attacker.privateKey)],
    ['T8 with x5c', () => issuer.sign({}, { x5c: ['AA'] }, attacker.privateKey)],
    ['T8 with jwk', () => issuer.sign({}, { jwk: attacker.keys[0] }, attacker.privateKey)],
    ['T9 that is an ID token', () => issuer.sign({}, { typ: 'JWT' })],
    ['T9 without a type', () => issuer.sign({}, { typ: undefined })],
    ['T9 that is a logout token', () => issuer.sign({}, { typ: 'logout+jwt' })],
    ['T9 that is a DPoP proof', () => issuer.sign({}, { typ: 'dpop+jwt' })],
    ['T10 without a subject', () => issuer.sign({ sub: undefined as never })],
    ['T10 with a number as subject', () => issuer.sign({ sub: 7 as never })],
    ['T10 with an empty subject', () => issuer.sign({ sub: '' })],
    ['T10 with a line break in the subject', () => issuer.sign({ sub: 'a\nb' })],
    ['T10 with a subject of 257 characters', () => issuer.sign({ sub: 'x'.repeat(257) })],
    ['T10 without a client', () => issuer.sign({ client_id: undefined as never })],
    ['T10 without an id', () => issuer.sign({ jti: undefined as never })],
    ['T11 with a list as scope', () => issuer.sign({ scope: ['users:read'] as never })],
    ['T11 with a number as scope', () => issuer.sign({ scope: 7 as never })],
    ['T12 of another issuer', () => attacker.sign()],
    ['T12 of another issuer in our name', () => attacker.sign({ iss: issuer.issuer })],
    ['T14 bound to a certificate', () => issuer.sign({ cnf: { 'x5t#S256': 'x' } })],
    ['T14 bound to a key, as a bearer token', () => issuer.sign({ cnf: { jkt: 'x' } })],
    ['of an organization', () => issuer.sign({ organization_id: 'customer' })],
  ];

  it.each(forged)('%s is 401 invalid_token, asks nobody, and reaches nothing', async (_, forge) => {
    const response = await withToken(await forge());
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(INVALID);
    expect(attacker.fetches).toEqual([]);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('T7 of a megabyte is refused before it is read', async () => {
    const { port } = new URL(world.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1');
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('close', () => resolve(text));
      socket.on('error', (error) => (text ? resolve(text) : reject(error)));
      socket.write(
        `GET /trpc/users.list HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${'a'.repeat(1_000_000)}\r\n\r\n`,
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });
});

describe('a good token', () => {
  it.each([
    ['T1 by any spelling of the scheme', (token: string) => `bEARER ${token}`],
    ['T1 after two spaces', (token: string) => `Bearer  ${token}`],
  ])('%s passes', async (_, authorization) => {
    expect((await call({ authorization: authorization(await issuer.sign()) })).status).toBe(200);
  });

  it('T3 within the tolerance, T4 for several audiences, T9 by the long type passes', async () => {
    expect((await withToken(await issuer.sign({ exp: nowS() - 3 }))).status).toBe(200);
    expect((await withToken(await issuer.sign({ aud: ['urn:x', AUDIENCE] }))).status).toBe(200);
    expect((await withToken(await issuer.sign({}, { typ: 'application/at+jwt' }))).status).toBe(200);
  });

  it.each(['Bearer', 'Bearer a b', 'Bearer a,b', 'Bearer "a"'])(
    'T1 written %j is invalid_request',
    async (authorization) => {
      const response = await call({ authorization });
      expect(response.status).toBe(400);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="users-bff", error="invalid_request"');
    },
  );

  it('T2 twice is invalid_request; elsewhere than in the header it is not read', async () => {
    const token = await issuer.sign();
    const { port } = new URL(world.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.once('data', (data) => {
        socket.destroy();
        resolve(String(data));
      });
      const header = `authorization: Bearer ${token}\r\n`;
      socket.write(`GET /trpc/users.list HTTP/1.1\r\nhost: 127.0.0.1\r\n${header}${header}\r\n`);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    for (const path of [`users.list?access_token=${token}`, `users.list?token=${token}`]) {
      expect((await call({}, path)).status).toBe(401);
    }
    expect((await call({ cookie: `access_token=${token}` })).status).toBe(401);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('T13 is refused when its key has gone, and a new key is known without a restart', async () => {
    const next = await issuer.addKey('next');
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect((await withToken(await issuer.sign({}, { kid: 'next' }, next))).status).toBe(200);
    issuer.keys = issuer.keys.filter(({ kid }) => kid !== 'next');
    // What makes the server look again, as its own clock does once a minute.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    await withToken(await issuer.sign({}, { kid: 'unknown' }));
    expect((await withToken(await issuer.sign({}, { kid: 'next' }, next))).status).toBe(401);
  });
});

describe('keys that nobody knows', () => {
  it('are asked for once in a while, and known ones go on while the issuer is down', async () => {
    const own = await startIssuer();
    const issuers = [{ issuer: own.issuer, audience: AUDIENCE }];
    await using apart = await startWorld({
      environment: { AUTH_ISSUER: '', AUTH_AUDIENCE: '', AUTH_ISSUERS: JSON.stringify(issuers) },
    });
    const ask = async (token: string) =>
      (await fetch(`${apart.url}/session.whoami`, { headers: { authorization: `Bearer ${token}` } })).status;
    const unknown = async (n: number) => ask(await own.sign({}, { kid: `unknown-${n}` }));
    expect(await ask(await own.sign())).toBe(200);
    own.fetches = [];
    const flood = await Promise.all(Array.from({ length: 200 }, (_, n) => unknown(n)));
    expect(new Set(flood)).toEqual(new Set([401]));
    expect(own.fetches).toEqual([]);
    own.fault = () => {};
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    const [known, ...others] = await Promise.all([own.sign({ jti: 'k' }).then(ask), ...[1, 2, 3].map(unknown)]);
    expect(known).toBe(200);
    expect(others).toEqual([503, 503, 503]);
    expect(own.fetches).toHaveLength(1);
    own.close();
  });
});

describe('who is unknown', () => {
  it.each([
    ['/trpc/users.list', 'GET'],
    ['/trpc/users.list', 'POST'],
    ['/trpc/users.nothing', 'GET'],
    ['/trpc', 'GET'],
    ['/', 'GET'],
    ['/panel', 'GET'],
    ['/metrics', 'GET'],
    ['/.env', 'GET'],
    ['/trpc/users.list', 'HEAD'],
    ['/trpc/users.list', 'OPTIONS'],
    ['/trpc/users.list', 'PUT'],
    ['/trpc/users.list', 'DELETE'],
  ])('T15 learns nothing at %s by %s', async (path, method) => {
    const response = await fetch(world.server.url + path, { method });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="users-bff"');
  });
});

describe('a token bound to a key (RFC 9449)', () => {
  let key: CryptoKey;
  let jwk: JWK;
  let token: string;

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    key = pair.privateKey;
    jwk = await exportJWK(pair.publicKey);
    token = await issuer.sign({ cnf: { jkt: await calculateJwkThumbprint(jwk) } });
  });

  const ath = (accessToken: string) => createHash('sha256').update(accessToken).digest('base64url');

  const prove = (claims: object = {}, header: object = {}, signer = key): Promise<string> =>
    new SignJWT({
      jti: randomUUID(),
      htm: 'GET',
      htu: `${world.url}/users.list`,
      iat: nowS(),
      ath: ath(token),
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
      .sign(signer);

  const present = (dpop?: string, scheme = 'DPoP') =>
    call({ authorization: `${scheme} ${token}`, ...(dpop !== undefined && { dpop }) });

  it('passes with a proof, once', async () => {
    const proof = await prove();
    expect((await present(proof)).status).toBe(200);
    const replayed = await present(proof);
    expect(replayed.status).toBe(401);
    expect(replayed.headers.get('www-authenticate')).toMatch(
      /^DPoP realm="users-bff", error="invalid_dpop_proof", algs=".*ES256/,
    );
  });

  const proofs: [string, () => Promise<string> | undefined][] = [
    ['without a proof', () => undefined],
    ['with a proof for another method', () => prove({ htm: 'POST' })],
    ['with a proof for another URL', () => prove({ htu: `${world.url}/users.get` })],
    ['with a proof for another server', () => prove({ htu: 'https://other.example/trpc/users.list' })],
    ['with a proof for another token', () => prove({ ath: ath('another') })],
    ['with a proof without the token', () => prove({ ath: undefined })],
    ['with an old proof', () => prove({ iat: nowS() - 600 })],
    ['with a proof from the future', () => prove({ iat: nowS() + 600 })],
    ['with a proof without an id', () => prove({ jti: undefined })],
    ['with a proof of another type', () => prove({}, { typ: 'JWT' })],
    [
      'with a proof by another key',
      async () => {
        const other = await generateKeyPair('ES256', { extractable: true });
        return prove({}, { jwk: await exportJWK(other.publicKey) }, other.privateKey);
      },
    ],
    [
      'with a proof signed by another key than it shows',
      async () => prove({}, {}, (await generateKeyPair('ES256')).privateKey),
    ],
    ['with garbage', async () => 'garbage'],
  ];

  it.each(proofs)('%s is 401', async (_, make) => {
    const response = await present(await make());
    expect(response.status).toBe(401);
    expect(world.sandbox.apiRequests).toEqual([]);
  });

  it('is no bearer token, and a bearer token needs no proof', async () => {
    expect((await present(await prove(), 'Bearer')).headers.get('www-authenticate')).toBe(INVALID);
    const unbound = await issuer.sign();
    expect((await call({ authorization: `DPoP ${unbound}`, dpop: await prove({ ath: ath(unbound) }) })).status).toBe(
      401,
    );
  });

  it('is the only one that is taken where that is configured', async () => {
    const issuers = [{ issuer: issuer.issuer, audience: AUDIENCE, dpop: 'required' }];
    await using strict = await startWorld({
      environment: {
        AUTH_ISSUER: '',
        AUTH_AUDIENCE: '',
        AUTH_ISSUERS: JSON.stringify(issuers),
        PUBLIC_URL: 'https://users-bff.example',
      },
    });
    const ask = (headers: Record<string, string>) => fetch(`${strict.url}/users.list`, { headers });
    expect((await ask({ authorization: `Bearer ${await issuer.sign()}` })).status).toBe(401);
    const dpop = await prove({ htu: 'https://users-bff.example/trpc/users.list' });
    expect((await ask({ authorization: `DPoP ${token}`, dpop })).status).toBe(200);
  });
});
