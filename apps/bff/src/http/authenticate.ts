import type { RequestHandler, Response } from 'express';
import { bearerToken } from '../authentication/bearer-token.js';
import type { Caller } from '../authentication/caller.js';
import { AuthenticationError, KeySetUnavailableError } from '../authentication/errors.js';
import type { VerifyAccessToken } from '../authentication/verify-access-token.js';
import { currentRequestId } from '../current-request.js';
import type { Logger } from '../log.js';
import { refuse } from './refuse.js';

/** The caller of an authenticated request. */
export const callerOf = (response: Response): Caller => response.locals['caller'] as Caller;

/**
 * Lets authenticated requests pass, and nobody else: who is unknown learns not even which procedures exist.
 * Refusals follow RFC 6750, section 3.
 */
export const authenticate =
  (verify: VerifyAccessToken, log: Logger): RequestHandler =>
  async (request, response, next) => {
    const requestId = currentRequestId();
    try {
      response.locals['caller'] = await verify(bearerToken(request.rawHeaders));
    } catch (error) {
      if (error instanceof AuthenticationError) {
        log.info({ requestId, failure: error.failure ?? 'no_token', reason: error.message }, 'caller refused');
        response.setHeader('www-authenticate', error.challenge);
        return refuse(
          response,
          error.status === 400 ? 'BAD_REQUEST' : 'UNAUTHORIZED',
          'A valid access token is needed.',
        );
      }
      if (error instanceof KeySetUnavailableError) {
        log.error({ requestId }, 'keys of the issuer unavailable');
        response.setHeader('retry-after', '5');
        return refuse(response, 'SERVICE_UNAVAILABLE', 'Callers cannot be verified at the moment.');
      }
      return next(error);
    }
    next();
  };
