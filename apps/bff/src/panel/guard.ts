import type { Handler } from '@users-bff/trpc-panel';
import type { Request, RequestHandler, Response } from 'express';
import { callerOf } from '../http/authenticate.js';
import { refuse } from '../http/refuse.js';

/** Lets callers pass who may use the panel. */
export const panelGuard =
  (authenticated: RequestHandler): Handler =>
  (incoming, outgoing, next) => {
    // Mounted in Express, which makes both.
    const request = incoming as Request;
    const response = outgoing as unknown as Response;
    authenticated(request, response, (error?: unknown) => {
      if (error) return next(error);
      if (callerOf(response).permissions.includes('panel:use')) return next();
      refuse(response, 'FORBIDDEN', 'This needs the permission panel:use.');
    });
  };
