import type { RequestHandler } from 'express';
import type { Readiness } from '../readiness.js';

const PROBES = /^\/(healthz|readyz)\/?$/i;

/** `/healthz` says that the process lives; `/readyz` says that it can do its work, and how its parts are. */
export const health =
  (readiness: Readiness): RequestHandler =>
  (request, response, next) => {
    const probe = PROBES.exec(request.path)?.[1]?.toLowerCase();
    if (probe === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    if (probe === 'healthz') return void response.json({ status: 'ok' });
    const report = readiness.report();
    response.status(report.status === 'ready' ? 200 : 503).json(report);
  };
