import { setTimeout } from 'node:timers/promises';
import type { RequestHandler, Response } from 'express';
import type { Readiness } from '../readiness.js';

const PROBES = /^\/(healthz|readyz)\/?$/i;

/** Half of what Kubernetes gives a probe by default. */
const PATIENCE_MS = 500;

/**
 * `/healthz` says that the process lives; `/readyz` says that it can do its work, and how its parts are.
 *
 * @param isTried Resolves when the server has tried once to get what it needs. A probe that comes before waits for it a
 * moment: the answer would be no, and out of date at once.
 */
export const health = (readiness: Readiness, isTried: Promise<void>): RequestHandler => {
  const tellReadiness = async (response: Response): Promise<void> => {
    await Promise.race([isTried, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
    const report = readiness.report();
    response.status(report.status === 'ready' ? 200 : 503).json(report);
  };
  return (request, response, next) => {
    const probe = PROBES.exec(request.path)?.[1]?.toLowerCase();
    if (probe === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) next();
    else if (probe === 'healthz') response.json({ status: 'ok' });
    else void tellReadiness(response);
  };
};
