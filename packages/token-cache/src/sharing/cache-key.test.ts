import { expect, it } from 'vitest';
import type { TokenRequestOptions } from '../request/request-token.js';
import { cacheKey } from './cache-key.js';

const options: TokenRequestOptions = {
  issuer: 'https://logto.example/oidc',
  clientId: 'client',
  clientAuthentication: { method: 'client_secret_basic', clientSecret: 'secret' },
  resource: 'https://api.example',
  scope: 'a b',
};

it.each<[string, Partial<TokenRequestOptions>]>([
  ['issuer', { issuer: 'https://logto.example/other' }],
  ['token endpoint', { tokenEndpoint: 'https://logto.example/oidc/token' }],
  ['client', { clientId: 'another' }],
  ['method', { clientAuthentication: { method: 'client_secret_post', clientSecret: 'secret' } }],
  ['resource', { resource: 'https://other.example' }],
  ['scope', { scope: 'a' }],
  ['scope that reads alike', { scope: 'ab' }],
  ['parameter', { parameters: { audience: 'x' } }],
])('another %s is another token', (_, other) => {
  expect(cacheKey({ ...options, ...other })).not.toBe(cacheKey(options));
});

it('the secret and the order of scopes and parameters make no difference', () => {
  const clientAuthentication = { method: 'client_secret_basic', clientSecret: 'rotated' } as const;
  expect(cacheKey({ ...options, clientAuthentication, scope: ' b  a b' })).toBe(cacheKey(options));
  expect(cacheKey({ ...options, parameters: { x: '1', y: '2' } })).toBe(
    cacheKey({ ...options, parameters: { y: '2', x: '1' } }),
  );
});
