import * as oauth from 'oauth4webapi';
import type { SignIn } from '../../src/manifest.js';

/** What must be known again when the issuer sends the browser back. */
interface Pending {
  readonly state: string;
  readonly verifier: string;
  readonly hash: string;
}

const KEY = 'trpc-panel:sign-in';

const redirectUri = (): string => new URL('./', location.href.replace(/[?#].*$/, '')).href;

const discover = async (issuer: string): Promise<oauth.AuthorizationServer> => {
  const url = new URL(issuer);
  const options = { [oauth.allowInsecureRequests]: url.protocol === 'http:' };
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options));
};

/**
 * Leaves for the issuer's page: authorization code with PKCE (RFC 6749, section 4.1; RFC 7636).
 *
 * @param asOther Ask for credentials even where somebody is signed in there.
 * @throws Where the issuer cannot be reached.
 */
export const leaveForSignIn = async (signIn: SignIn, asOther = false): Promise<void> => {
  const { authorization_endpoint: endpoint } = await discover(signIn.issuer);
  if (endpoint === undefined) throw new Error('The issuer has no authorization endpoint.');
  const pending: Pending = {
    state: oauth.generateRandomState(),
    verifier: oauth.generateRandomCodeVerifier(),
    hash: location.hash,
  };
  sessionStorage.setItem(KEY, JSON.stringify(pending));
  const url = new URL(endpoint);
  const query = {
    client_id: signIn.clientId,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: ['openid', ...(signIn.scopes ?? [])].join(' '),
    state: pending.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    ...(signIn.resource !== undefined && { resource: signIn.resource }),
    ...(asOther && { prompt: 'login' }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  location.assign(url);
};

/**
 * Takes the answer of the issuer out of the address, and changes it for an access token.
 *
 * @returns The token; `undefined` where the address holds no answer.
 * @throws Where the issuer refused, or the answer is not that to a question of this tab.
 */
export const returnFromSignIn = async (signIn: SignIn | undefined): Promise<string | undefined> => {
  const url = new URL(location.href);
  if (!url.searchParams.has('state') || !(url.searchParams.has('code') || url.searchParams.has('error')))
    return undefined;
  const saved = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  const pending = saved === null ? undefined : (JSON.parse(saved) as Pending);
  history.replaceState(null, '', `${redirectUri()}${pending?.hash ?? ''}`);
  if (!signIn || !pending) throw new Error('This sign-in was not begun in this tab: begin again.');

  const issuer = await discover(signIn.issuer);
  const client: oauth.Client = { client_id: signIn.clientId };
  const callback = oauth.validateAuthResponse(issuer, client, url.searchParams, pending.state);
  const response = await oauth.authorizationCodeGrantRequest(
    issuer,
    client,
    oauth.None(),
    callback,
    redirectUri(),
    pending.verifier,
    {
      [oauth.allowInsecureRequests]: signIn.issuer.startsWith('http:'),
      ...(signIn.resource !== undefined && { additionalParameters: { resource: signIn.resource } }),
    },
  );
  const { access_token: token } = await oauth.processAuthorizationCodeResponse(issuer, client, response);
  return token;
};
