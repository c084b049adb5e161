import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export const AUDIENCE = 'https://users-bff.example';

export const nowS = (): number => Math.floor(Date.now() / 1_000);

/** An issuer of the test's own, because a forger needs its keys. */
export interface TestIssuer {
  readonly issuer: string;
  /** What it publishes. */
  keys: JWK[];
  /** How it answers for its keys, where it does not as it should. */
  fault: ((response: ServerResponse) => void) | undefined;
  /** Paths that it was asked for. */
  fetches: string[];
  readonly privateKey: CryptoKey;
  addKey(kid: string): Promise<CryptoKey>;
  /** A good token, but for what is told otherwise. */
  sign(claims?: JWTPayload, header?: Record<string, unknown>, key?: CryptoKey): Promise<string>;
  close(): void;
}

export const startIssuer = async (): Promise<TestIssuer> => {
  const server = createServer((request, response) => {
    it.fetches.push(request.url ?? '');
    if (it.fault) return it.fault(response);
    const body = request.url === '/oidc/jwks' ? { keys: it.keys } : { issuer, jwks_uri: `${issuer}/jwks` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oidc`;
  const pair = await generateKeyPair('ES384');
  const publish = async (kid: string, key: CryptoKey) => {
    it.keys.push({ ...(await exportJWK(key)), kid, alg: 'ES384', use: 'sig' });
  };
  const it: TestIssuer = {
    issuer,
    keys: [],
    fault: undefined,
    fetches: [],
    privateKey: pair.privateKey,
    async addKey(kid) {
      const { publicKey, privateKey } = await generateKeyPair('ES384');
      await publish(kid, publicKey);
      return privateKey;
    },
    sign: (claims = {}, header = {}, key = pair.privateKey) =>
      new SignJWT({
        iss: issuer,
        aud: AUDIENCE,
        sub: 'user-1',
        client_id: 'app-1',
        jti: 'j',
        iat: nowS(),
        exp: nowS() + 3_600,
        scope: 'users:read users:write',
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES384', typ: 'at+jwt', kid: 'one', ...header })
        .sign(key),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  await publish('one', pair.publicKey);
  return it;
};
