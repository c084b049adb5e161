import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setCurrentRequest } from '../current-request.js';
import type { Metrics } from '../telemetry/metrics.js';
import { beginRequestTrace } from '../telemetry/tracing.js';
import { pathOf, type Step } from './step.js';

const ROUTES = ['/trpc', '/panel', '/healthz', '/readyz'];
const METHODS = new Set(['GET', 'POST', 'OPTIONS', 'HEAD']);

/** A name out of a few: what stands in a URL is the caller's. */
const routeOf = (request: IncomingMessage): string => {
  const path = pathOf(request);
  const isBelow = (route: string) =>
    path.startsWith(route) && (path.length === route.length || path[route.length] === '/');
  return ROUTES.find(isBelow) ?? 'other';
};

const PLAIN = /^[\w.-]{1,64}$/;

/** The caller's `X-Request-Id` where it is short and plain, else a new one. */
const requestIdOf = ({ headers: { 'x-request-id': given } }: IncomingMessage): string =>
  typeof given === 'string' && PLAIN.test(given) ? given : randomUUID();

/** Gives each request its ids, measures it, and makes it a span of the caller's trace. */
export const beginRequest =
  (metrics: Metrics): Step =>
  (request, response, next) => {
    const startedAt = performance.now();
    const route = routeOf(request);
    const { method: given = '' } = request;
    const method = METHODS.has(given) ? given : 'other';
    const requestId = requestIdOf(request);
    const trace = beginRequestTrace(`${method} ${route}`, request.headers, {
      'http.request.method': method,
      'http.route': route,
    });
    setCurrentRequest(response, { ...trace, ids: { requestId, traceId: trace.traceId } });
    metrics.activeRequests.inc();
    response.on('close', () => {
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.activeRequests.dec();
      metrics.requests.observe({ method, route, status }, (performance.now() - startedAt) / 1_000);
      trace.span.setAttribute('http.response.status_code', status);
      trace.span.end();
    });
    trace.run(next);
  };
