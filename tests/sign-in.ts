import { createHash, randomBytes } from 'node:crypto';
import { type Sandbox, SEED_PASSWORD } from '@users-bff/logto-sandbox';

/** The application that people sign in to. */
export const FRONTEND = {
  kind: 'public',
  clientId: 'frontend',
  redirectUris: ['http://127.0.0.1/callback', 'http://127.0.0.1/panel/'],
} as const;

const REDIRECT = 'http://127.0.0.1:7777/callback';

/** An access token of a person, by the authorization code flow with PKCE (RFC 7636), as a browser would get it. */
export const signIn = async (
  sandbox: Sandbox,
  account: string,
  resource: string,
  scopes: readonly string[],
): Promise<string> => {
  const cookies = new Map<string, string>();
  const visit = async (url: string, body?: URLSearchParams): Promise<string> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const init: RequestInit = { redirect: 'manual', headers: { cookie }, ...(body && { method: 'POST', body }) };
    const response = await fetch(url, init);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return new URL(response.headers.get('location') ?? '', url).href;
  };

  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: FRONTEND.clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    resource,
    scope: ['openid', ...scopes].join(' '),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const form = await visit(`${sandbox.issuer}/auth?${query}`);
  const resumed = await visit(form, new URLSearchParams({ account, password: SEED_PASSWORD }));
  const callback = new URL(await visit(resumed));
  const response = await fetch(`${sandbox.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: FRONTEND.clientId,
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT,
      resource,
      code_verifier: verifier,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
};
