import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

interface Settings {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
}

// Beside the page, so that one build serves every environment.
const { issuer, clientId, audience } = (await (await fetch('/config.json')).json()) as Settings;

const SCOPES = 'users:read users:write users:identifiers users:delete users:credentials users:roles';

/** Authorization code with PKCE, and a refresh token for when the access token expires. */
const manager = new UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: `${location.origin}/callback`,
  scope: `openid offline_access ${SCOPES}`,
  resource: audience,
  extraTokenParams: { resource: audience },
  automaticSilentRenew: false,
  userStore: new WebStorageStateStore({ store: sessionStorage }),
});

export const signIn = (): Promise<void> => manager.signinRedirect({ state: location.hash });

export const signOut = (): Promise<void> => manager.removeUser();

/** Whether somebody is signed in. The answer of a sign-in is taken out of the address first. */
export const isSignedIn = async (): Promise<boolean> => {
  if (location.pathname === '/callback') {
    const user = await manager.signinCallback();
    history.replaceState(null, '', `/${typeof user?.state === 'string' ? user.state : ''}`);
  }
  return (await manager.getUser()) !== null;
};

export const getAccessToken = async (): Promise<string> => (await manager.getUser())?.access_token ?? '';

/** Another token after one was refused; nobody notices. */
export const renew = async (): Promise<string | undefined> => (await manager.signinSilent())?.access_token;
