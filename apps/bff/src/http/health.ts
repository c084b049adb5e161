import { Router } from 'express';

/**
 * `/healthz` says that the process lives; `/readyz` says that it can do its work.
 *
 * @param isReady Whether calls can be served: not stopping, and a token for Logto can be had.
 */
export const health = (isReady: () => Promise<boolean>): Router => {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const ready = await isReady();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
  });
  return router;
};
