import { Router } from 'express';
import type { Readiness } from '../readiness.js';

/** `/healthz` says that the process lives; `/readyz` says that it can do its work, and how its parts are. */
export const health = (readiness: Readiness): Router => {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', (_request, response) => {
    const report = readiness.report();
    response.status(report.status === 'ready' ? 200 : 503).json(report);
  });
  return router;
};
