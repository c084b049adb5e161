import type { Handler } from '@users-bff/trpc-panel';
import { callerOf } from '../http/authenticate.js';
import { refuse } from '../http/refuse.js';

/** Lets callers pass who may use the panel. */
export const panelGuard =
  (authenticated: Handler): Handler =>
  (request, response, next) => {
    authenticated(request, response, (error?: unknown) => {
      if (error) return next(error);
      if (callerOf(response).permissions.includes('panel:use')) return next();
      refuse(response, 'FORBIDDEN', 'This needs the permission panel:use.');
    });
  };
