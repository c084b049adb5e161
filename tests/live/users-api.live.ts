import { readConfig } from '@users-bff/bff';
import { describe, it } from 'vitest';
import { describeUsersApi } from '../e2e/users-api.js';
import { AUDIENCE, startWorld, type Upstream } from '../world.js';

const upstream = (): Upstream | undefined => {
  const { LOGTO_ENDPOINT, LOGTO_APP_ID, LOGTO_APP_SECRET } = process.env;
  if (!LOGTO_ENDPOINT || !LOGTO_APP_ID || !LOGTO_APP_SECRET) return undefined;
  const config = readConfig({ ...process.env, AUTH_AUDIENCE: AUDIENCE, ALLOW_INSECURE_HTTP: 'true' });
  return {
    endpoint: config.logtoEndpoint,
    appId: config.logtoAppId,
    appSecret: config.logtoAppSecret,
    resource: config.logtoResource,
  };
};

const real = upstream();

if (real) describeUsersApi(`the Users API of the Logto at ${real.endpoint}`, () => startWorld({ upstream: real }));
else {
  describe('the Users API of a real Logto', () => {
    it('needs LOGTO_ENDPOINT, LOGTO_APP_ID and LOGTO_APP_SECRET (and LOGTO_RESOURCE in Logto Cloud)', () => {
      throw new Error('Set LOGTO_ENDPOINT, LOGTO_APP_ID and LOGTO_APP_SECRET to run this suite against a real Logto.');
    });
  });
}
