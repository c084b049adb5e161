import {
  allowInsecureRequests,
  Configuration,
  type CustomFetch,
  clientCredentialsGrant,
  customFetch,
  discovery,
} from 'openid-client';
import { TokenError } from '../errors.js';
import { boundedFetch } from './bounded-fetch.js';
import { type ClientAuthentication, toClientAuth } from './client-authentication.js';
import { toTokenError } from './failures.js';
import { readTokenResponse } from './token-response.js';

/** What to ask for, and as whom. */
export interface TokenRequestOptions {
  /** Issuer identifier. Its token endpoint is found by OpenID Connect Discovery 1.0, unless it is given. */
  issuer: string;
  /** URL of the token endpoint. Default: by discovery, with the first request. */
  tokenEndpoint?: string;
  clientId: string;
  clientAuthentication: ClientAuthentication;
  /** Resource indicator (RFC 8707). Default: none is sent. */
  resource?: string;
  /** Scopes, separated by spaces. A token without all of them is refused. Default: none is sent. */
  scope?: string;
  /** Other parameters of the token request, such as `audience`. Default none. */
  parameters?: Readonly<Record<string, string>>;
  /** Milliseconds for each request to the issuer. Default 5,000. */
  timeoutMs?: number;
  /** Take an issuer by plain http beyond the loopback address too: its secret and tokens can be read on the way. Default false. */
  allowInsecureHttp?: boolean;
}

/** Milliseconds that a request to the issuer is given. */
export const DEFAULT_TIMEOUT_MS = 5_000;

/** A token that was just issued. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly lifeMs: number;
  /** False where the issuer does not tell it. */
  readonly isLifeKnown: boolean;
  /** Milliseconds since before it was asked for. */
  readonly ageMs: number;
}

/** Asks for a new token. Rejects with {@link TokenError}, or with the reason of the signal. */
export type RequestToken = (signal: AbortSignal) => Promise<IssuedToken>;

const isSafe = ({ protocol, hostname }: URL, allowInsecureHttp = false): boolean =>
  protocol === 'https:' ||
  (protocol === 'http:' && (allowInsecureHttp || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)));

const safeUrl = (name: string, text: string, allowInsecureHttp: boolean | undefined): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && isSafe(url, allowInsecureHttp)) return url;
  throw new TypeError(`${name} must be an https URL; http beyond the loopback address needs allowInsecureHttp`);
};

/**
 * Makes a function that asks for a new token, by the client credentials grant (RFC 6749, section 4.4).
 *
 * @throws TypeError for an issuer or token endpoint that is no URL, or plain http beyond the loopback address unless
 * that is allowed.
 */
export const createTokenRequest = (options: TokenRequestOptions): RequestToken => {
  const { clientId, resource, scope, allowInsecureHttp } = options;
  const issuer = safeUrl('issuer', options.issuer, allowInsecureHttp);
  const tokenEndpoint =
    options.tokenEndpoint === undefined
      ? undefined
      : safeUrl('tokenEndpoint', options.tokenEndpoint, allowInsecureHttp).href;
  const clientAuth = toClientAuth(options.clientAuthentication);
  const timeout = (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 1_000;
  const isPlain = [issuer.href, tokenEndpoint].some((url) => url?.startsWith('http:'));
  const parameters = {
    ...options.parameters,
    ...(resource !== undefined && { resource }),
    ...(scope !== undefined && { scope }),
  };
  let server: Configuration | undefined;

  const findServer = async (fetcher: CustomFetch): Promise<Configuration> => {
    if (tokenEndpoint !== undefined) {
      const given = new Configuration(
        { issuer: options.issuer, token_endpoint: tokenEndpoint },
        clientId,
        {},
        clientAuth,
      );
      given.timeout = timeout;
      if (isPlain) allowInsecureRequests(given);
      return given;
    }
    const found = await discovery(issuer, clientId, undefined, clientAuth, {
      execute: isPlain ? [allowInsecureRequests] : [],
      timeout,
      [customFetch]: fetcher,
    });
    const endpoint = found.serverMetadata().token_endpoint ?? '';
    if (!URL.canParse(endpoint) || !isSafe(new URL(endpoint), allowInsecureHttp)) {
      throw new TokenError('unreadable', 'the authorization server names no token endpoint that may be used');
    }
    return found;
  };

  return async (signal) => {
    const fetcher: CustomFetch = (url, init) =>
      boundedFetch(url, {
        ...(init as RequestInit),
        signal: init.signal ? AbortSignal.any([init.signal, signal]) : signal,
      });
    try {
      server ??= await findServer(fetcher);
      server[customFetch] = fetcher;
      const requestedAt = performance.now();
      const answer = await clientCredentialsGrant(server, parameters);
      return { ...readTokenResponse(answer, scope), ageMs: performance.now() - requestedAt };
    } catch (error) {
      signal.throwIfAborted();
      const failure = toTokenError(error);
      // The endpoint may have moved.
      if (failure.reason === 'unreadable') server = undefined;
      throw failure;
    }
  };
};
