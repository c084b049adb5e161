import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { verifyPassword } from '../password.js';
import { readBody } from '../read-body.js';
import type { Store, UserRecord } from '../store.js';

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (message: string, account: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in to the sandbox</title>
<h1>Sandbox sign-in</h1>
<p>This is a stand-in for Logto with invented users. Do not type a real password.</p>
<p role="alert">${escapeHtml(message)}</p>
<form method="post">
<p><label>Username or e-mail <input name="account" autocomplete="username" required value="${escapeHtml(account)}"></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Sign in</button></p>
</form>
</html>
`;

const show = (response: ServerResponse, status: number, message = '', account = ''): void => {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
  response.end(page(message, account));
};

const find = (store: Store, account: string): UserRecord | undefined =>
  [...store.users.values()].find(
    ({ username, primaryEmail }) => username === account || primaryEmail?.toLowerCase() === account.toLowerCase(),
  );

/** The sign-in page of the issuer: username or e-mail address, and password, of a user of the store. */
export const createSignIn =
  (provider: () => Provider, store: Store) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') return show(response, 200);
    const form = new URLSearchParams((await readBody(request)).toString());
    const account = form.get('account') ?? '';
    const user = find(store, account);
    const { passwordDigest, passwordAlgorithm } = user ?? {};
    const isRight =
      passwordDigest &&
      (await verifyPassword(form.get('password') ?? '', passwordDigest, passwordAlgorithm ?? 'Argon2i'));
    if (!user || !isRight) return show(response, 422, 'Incorrect account or password.', account);
    if (user.isSuspended) return show(response, 403, 'This account is suspended.', account);
    user.lastSignInAt = Date.now();
    await provider().interactionFinished(request, response, { login: { accountId: user.id } });
  };
