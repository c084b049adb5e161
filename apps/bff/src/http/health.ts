import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Readiness } from '../readiness.js';
import { answerJson } from './answer.js';
import { pathOf, type Step } from './step.js';

const PROBES = /^\/(healthz|readyz)\/?$/i;

/** Half of what Kubernetes gives a probe by default. */
const PATIENCE_MS = 500;

/**
 * `/healthz` says that the process lives; `/readyz` says that it can do its work, and how its parts are.
 *
 * @param isTried Resolves when the server has tried once to get what it needs. A probe that comes before waits for it a
 * moment: the answer would be no, and out of date at once.
 */
export const health = (readiness: Readiness, isTried: Promise<void>): Step => {
  const tellReadiness = async (response: ServerResponse): Promise<void> => {
    await Promise.race([isTried, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
    const report = readiness.report();
    answerJson(response, report.status === 'ready' ? 200 : 503, report);
  };
  return (request, response, next) => {
    const probe = PROBES.exec(pathOf(request))?.[1]?.toLowerCase();
    if (probe === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) next();
    else if (probe === 'healthz') answerJson(response, 200, { status: 'ok' });
    else void tellReadiness(response);
  };
};
