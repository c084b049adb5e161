import { generateKeyPairSync } from 'node:crypto';
import { MANAGEMENT_API, type MachineApplication, startSandbox } from '@users-bff/logto-sandbox';
import { describe, expect, it } from 'vitest';
import { type ClientAuthentication, createTokenCache } from '../src/index.js';
import { askApi, optionsFor, useScene } from './scene.js';

const keyPair = async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'ours', alg: 'ES256', use: 'sig' };
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { jwk, key: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']) };
};

const application = (authMethod: ClientAuthentication['method'], more: object = {}): MachineApplication => ({
  kind: 'machine',
  clientId: authMethod,
  clientSecret: 'a secret: with & signs',
  authMethod,
  grants: { [MANAGEMENT_API]: ['all'] },
  ...more,
});

describe('a client', () => {
  it.each(['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const)(
    'is known to the issuer by %s',
    async (method) => {
      const { jwk, key } = await keyPair();
      const client = application(method, method === 'private_key_jwt' ? { publicKeys: [jwk] } : {});
      const sandbox = await startSandbox({ port: 0, users: 3, announce: () => {}, applications: [client] });
      const clientAuthentication: ClientAuthentication =
        method === 'private_key_jwt'
          ? { method, privateKey: key, keyId: 'ours' }
          : { method, clientSecret: client.clientSecret };
      const cache = createTokenCache({ ...optionsFor(sandbox), clientId: client.clientId, clientAuthentication });
      expect(await askApi(sandbox, await cache.getToken())).toBe(200);
      await cache.close();
      await sandbox.close();
    },
  );
});

describe('the server', () => {
  const scene = useScene();

  it('is found by discovery, once', async () => {
    const cache = scene.createCache();
    cache.invalidate(await cache.getToken());
    await cache.getToken();
    const discoveries = scene.sandbox.requests.filter(({ url }) => url.includes('.well-known'));
    expect(discoveries).toHaveLength(1);
    expect(scene.sandbox.tokenRequests).toHaveLength(2);
  });

  it('needs no discovery where its token endpoint is given', async () => {
    const cache = scene.createCache({ tokenEndpoint: `${scene.sandbox.issuer}/token` });
    expect(await askApi(scene.sandbox, await cache.getToken())).toBe(200);
    expect(scene.sandbox.requests.filter(({ url }) => url.includes('.well-known'))).toEqual([]);
  });

  it('is told other parameters too', async () => {
    const parameters = { resource: 'overruled by the option of that name', audience: 'ours' };
    const cache = scene.createCache({ parameters });
    expect(await askApi(scene.sandbox, await cache.getToken())).toBe(200);
  });
});
