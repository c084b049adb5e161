// A Logto that costs next to nothing: fixed answers, a token endpoint, and tokens for callers.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { AUDIENCE } from '../bff-process.js';
import { SCOPE } from './scene.js';

const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'key', alg: 'ES384', use: 'sig' }] });

const user = (id: string) => ({
  id,
  username: `name_${id}`,
  primaryEmail: `${id}@example.com`,
  primaryPhone: null,
  name: 'Ada Lovelace',
  avatar: 'https://example.com/avatar.png',
  customData: { plan: 'pro', seats: 12, tags: ['one', 'two', 'three'] },
  identities: { google: { userId: '1234567890', details: { id: '1234567890', email: `${id}@example.com` } } },
  lastSignInAt: 1_735_689_600_000,
  createdAt: 1_704_067_200_000,
  updatedAt: 1_735_689_600_000,
  profile: { givenName: 'Ada', familyName: 'Lovelace', locale: 'en', address: { locality: 'London' } },
  applicationId: 'application1',
  isSuspended: false,
  hasPassword: true,
  ssoIdentities: [],
  mfaVerificationFactors: [],
});
const one = Buffer.from(JSON.stringify(user('ada000000000')));
const page = Buffer.from(JSON.stringify(Array.from({ length: 20 }, (_, index) => user(`user${index}`))));
const JSON_TYPE = 'application/json; charset=utf-8';

let latencyMs = 0;
process.on('message', (told: { latencyMs: number }) => {
  latencyMs = told.latencyMs;
});

let endpoint = '';
const callerToken = (caller: string): Promise<string> =>
  new SignJWT({ scope: SCOPE, client_id: caller })
    .setProtectedHeader({ alg: 'ES384', kid: 'key', typ: 'at+jwt' })
    .setIssuer(`${endpoint}/oidc`)
    .setSubject(caller)
    .setAudience(AUDIENCE)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(privateKey);

const server = createServer(async (request, response) => {
  const path = request.url ?? '';
  const reply = (body: Buffer | string, headers: Record<string, string> = {}): void => {
    response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body), ...headers });
    response.end(body);
  };
  if (path.startsWith('/api/')) {
    request.resume();
    if (latencyMs > 0) await setTimeout(latencyMs);
    if (path.startsWith('/api/users/')) reply(one);
    else reply(page, { 'total-number': '250' });
  } else if (path === '/oidc/token') {
    request.resume();
    reply(JSON.stringify({ access_token: 'token', token_type: 'Bearer', expires_in: 3600, scope: 'all' }));
  } else if (path === '/oidc/jwks') reply(keys);
  else if (path.startsWith('/caller-token/')) reply(await callerToken(path.slice('/caller-token/'.length)));
  else {
    const issuer = `${endpoint}/oidc`;
    reply(JSON.stringify({ issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` }));
  }
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.send?.({ url: endpoint });
});
