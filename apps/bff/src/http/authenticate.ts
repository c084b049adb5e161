import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Audit } from '../audit/audit.js';
import type { Caller } from '../authentication/caller.js';
import { challenge } from '../authentication/challenge.js';
import { type CheckProof, createProofCheck } from '../authentication/dpop-proof.js';
import { AuthenticationError, KeySetUnavailableError } from '../authentication/errors.js';
import { presentedToken } from '../authentication/presented-token.js';
import type { VerifyAccessToken } from '../authentication/verify-access-token.js';
import { currentRequest } from '../current-request.js';
import type { Logger } from '../log.js';
import { createLimiter, type Quota } from '../rate-limits/limiter.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { ClientAddress } from './client-address.js';
import { refuse } from './refuse.js';
import { type Next, type Step, targetOf } from './step.js';

/** How callers are told from each other. */
export interface AuthenticationOptions {
  readonly verify: VerifyAccessToken;
  /** Seconds that clocks may differ. */
  readonly clockToleranceS: number;
  /** Where callers reach this server, for proofs that name it. */
  readonly publicUrl: string | undefined;
  readonly addressOf: ClientAddress;
  /** Failures of one address. */
  readonly failures: Quota;
}

/** Who is told of those who were not let in. */
export interface AuthenticationObservers {
  readonly audit: Audit;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const CALLER = Symbol('caller');

type Answer = ServerResponse & { [CALLER]?: Caller };

/** The caller of an authenticated request. */
export const callerOf = (response: ServerResponse): Caller => (response as Answer)[CALLER] as Caller;

const identify = async (
  request: IncomingMessage,
  { verify, publicUrl }: AuthenticationOptions,
  checkProof: CheckProof,
): Promise<Caller> => {
  const { scheme, token, proof } = presentedToken(request.rawHeaders);
  const caller = await verify(token);
  const { keyThumbprint } = caller;
  // A bound token is worth nothing without its key, whoever holds it (RFC 9449, section 7.2).
  if (!keyThumbprint !== (scheme === 'Bearer')) {
    throw new AuthenticationError(
      'invalid_token',
      `presented as ${scheme}, bound ${keyThumbprint ? '' : 'not '}to a key`,
    );
  }
  if (keyThumbprint) {
    const { method = '', headers } = request;
    const url = `${publicUrl ?? `http://${headers.host}`}${targetOf(request)}`;
    await checkProof(proof, { method, url, accessToken: token, keyThumbprint });
  }
  return caller;
};

/**
 * Lets authenticated requests pass, and nobody else: who is unknown learns not even which procedures exist.
 * Refusals follow RFC 6750, section 3, and RFC 9449, section 7.1.
 */
export const authenticate = (options: AuthenticationOptions, observers: AuthenticationObservers): Step => {
  const { addressOf } = options;
  const { audit, log, metrics } = observers;
  const checkProof = createProofCheck(options.clockToleranceS);
  // Of each process for itself: what is limited are answers, and no caller with a good token is.
  const failures = createLimiter('failures', options.failures, undefined);
  const check = async (request: IncomingMessage, response: Answer, next: Next): Promise<void> => {
    const { ids } = currentRequest(response);
    try {
      response[CALLER] = await identify(request, options, checkProof);
    } catch (error) {
      if (error instanceof AuthenticationError) {
        metrics.authenticationFailures.inc({ reason: error.failure ?? 'no_token' });
        log.info({ ...ids, failure: error.failure ?? 'no_token', reason: error.message }, 'caller refused');
        if (error.failure) audit.notLetIn(addressOf(request), error.failure);
        const { isSpent, resetSeconds } = await failures.take(addressOf(request) ?? 'unknown');
        if (isSpent) {
          response.setHeader('retry-after', String(resetSeconds));
          return refuse(response, 'TOO_MANY_REQUESTS', 'Too many calls without a valid access token.');
        }
        response.setHeader('www-authenticate', challenge(error.failure));
        return refuse(
          response,
          error.status === 400 ? 'BAD_REQUEST' : 'UNAUTHORIZED',
          'A valid access token is needed.',
        );
      }
      if (error instanceof KeySetUnavailableError) {
        metrics.authenticationFailures.inc({ reason: 'keys_unavailable' });
        log.error(ids, 'keys of the issuer unavailable');
        response.setHeader('retry-after', '5');
        return refuse(response, 'SERVICE_UNAVAILABLE', 'Callers cannot be verified at the moment.');
      }
      return next(error);
    }
    next();
  };
  return (request, response, next) => {
    // Before Express, and again in it.
    if ((response as Answer)[CALLER]) next();
    else check(request, response, next).catch(next);
  };
};
