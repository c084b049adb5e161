import type { Request, RequestHandler } from 'express';
import type { Metrics } from '../telemetry/metrics.js';
import { beginRequestSpan, within } from '../telemetry/tracing.js';

const ROUTES = ['/trpc', '/panel', '/healthz', '/readyz'];
const METHODS = new Set(['GET', 'POST', 'OPTIONS', 'HEAD']);

/** A name out of a few: what stands in a URL is the caller's. */
const routeOf = ({ path }: Request): string =>
  ROUTES.find((route) => path === route || path.startsWith(`${route}/`)) ?? 'other';

/** Measures each request, and makes it a span of the caller's trace. */
export const observeRequests =
  (metrics: Metrics): RequestHandler =>
  (request, response, next) => {
    const startedAt = performance.now();
    const route = routeOf(request);
    const method = METHODS.has(request.method) ? request.method : 'other';
    metrics.activeRequests.inc();
    const { span, active } = beginRequestSpan(`${method} ${route}`, request.headers, {
      'http.request.method': method,
      'http.route': route,
    });
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.activeRequests.dec();
      metrics.requests.observe({ method, route, status }, (performance.now() - startedAt) / 1_000);
      span.setAttribute('http.response.status_code', status);
      span.end();
    });
    within(active, next);
  };
