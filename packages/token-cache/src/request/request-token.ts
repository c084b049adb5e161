import {
  allowInsecureRequests,
  ClientError,
  ClientSecretBasic,
  type Configuration,
  clientCredentialsGrant,
  discovery,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { TokenError } from './errors.js';

/** What to ask for, and as whom. */
export interface TokenRequestOptions {
  /** Issuer identifier; its endpoints are found by OpenID Connect Discovery 1.0. */
  issuer: string;
  clientId: string;
  /** Sent by `client_secret_basic` (RFC 6749, section 2.3.1). */
  clientSecret: string;
  /** Resource indicator (RFC 8707). */
  resource: string;
  /** Scopes, separated by spaces. A token without all of them is refused. */
  scope: string;
  /** Milliseconds for each request to the issuer. Default 5,000. */
  timeoutMs?: number;
  /** Take an issuer by plain http beyond the loopback address too: its secret and tokens can be read on the way. Default false. */
  allowInsecureHttp?: boolean;
}

/** A token with its life, counted from before it was asked for. */
export interface IssuedToken {
  readonly accessToken: string;
  /** Milliseconds of `performance.now()`. */
  readonly requestedAt: number;
  readonly lifeMs: number;
}

/** The life of a token whose issuer does not tell it. */
const UNKNOWN_LIFE_S = 60;

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

const toTokenError = (error: unknown): TokenError => {
  if (error instanceof TokenError) return error;
  if (error instanceof ResponseBodyError) {
    const { error: oauthError, status } = error;
    const reason = status >= 500 || status === 429 ? 'unreachable' : 'refused';
    return new TokenError(reason, `the authorization server answered ${oauthError}`, { oauthError });
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    const oauthError = error.cause[0]?.parameters['error'] ?? 'invalid_client';
    return new TokenError('refused', `the authorization server answered ${oauthError}`, { oauthError });
  }
  if (error instanceof ClientError && error.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM') {
    const status = error.cause instanceof Response ? error.cause.status : 0;
    return status >= 500 || status === 429
      ? new TokenError('unreachable', `the authorization server answered with status ${status}`)
      : new TokenError('unreadable', `the authorization server answered with status ${status} and no OAuth response`);
  }
  if (error instanceof ClientError && error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') {
    return new TokenError(
      'refused',
      'the authorization server calls itself by another issuer: use the URL that it knows itself by',
    );
  }
  if (error instanceof ClientError && error.code !== 'OAUTH_TIMEOUT') {
    return new TokenError('unreadable', `the authorization server answered nonsense (${error.code})`, { cause: error });
  }
  return new TokenError('unreachable', 'the authorization server could not be reached', { cause: error });
};

const claims = (accessToken: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
};

/** Logto grants what it can and leaves out the rest without an error: such a token is refused by everything. */
const checkScope = (requested: string, granted: string | undefined, accessToken: string): void => {
  const token = claims(accessToken);
  const found = granted ?? (token ? String(token['scope'] ?? '') : requested);
  const missing = requested.split(' ').filter((scope) => !found.split(' ').includes(scope));
  if (missing.length > 0) {
    throw new TokenError('refused', `the scope ${missing.join(' ')} was not granted: does the client have the role?`, {
      oauthError: 'invalid_scope',
    });
  }
};

/**
 * Makes a function that asks for a new token, by the client credentials grant (RFC 6749, section 4.4).
 *
 * @throws TypeError for an issuer that is no URL, or plain http beyond the loopback address unless that is allowed.
 */
export const createTokenRequest = (options: TokenRequestOptions): (() => Promise<IssuedToken>) => {
  const issuer = new URL(options.issuer);
  if (issuer.protocol !== 'https:' && !isLoopback(issuer) && !options.allowInsecureHttp) {
    throw new TypeError('issuer must be an https URL; http beyond the loopback address needs allowInsecureHttp');
  }
  const timeout = (options.timeoutMs ?? 5_000) / 1_000;
  let discovered: Promise<Configuration> | undefined;

  const configuration = (): Promise<Configuration> => {
    const execute = issuer.protocol === 'http:' ? [allowInsecureRequests] : [];
    discovered ??= discovery(issuer, options.clientId, undefined, ClientSecretBasic(options.clientSecret), {
      execute,
      timeout,
    }).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  };

  return async () => {
    try {
      const server = await configuration();
      const requestedAt = performance.now();
      const { resource, scope } = options;
      const answer = await clientCredentialsGrant(server, { resource, scope });
      const lifeS = answer.expires_in ?? UNKNOWN_LIFE_S;
      if (!(lifeS > 0)) throw new TokenError('unreadable', 'the authorization server issued an expired token');
      checkScope(scope, answer.scope, answer.access_token);
      return { accessToken: answer.access_token, requestedAt, lifeMs: lifeS * 1_000 };
    } catch (error) {
      throw toTokenError(error);
    }
  };
};
