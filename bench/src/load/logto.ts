import { startSandbox } from '@users-bff/logto-sandbox';
import { AUDIENCE } from '../bff-process.js';
import { CALLER, PERMISSIONS } from './scene.js';

const sandbox = await startSandbox({
  port: 0,
  users: 250,
  announce: () => {},
  resources: [{ indicator: AUDIENCE, scopes: PERMISSIONS }],
  applications: [CALLER],
});
process.on('message', ({ latencyMs }: { latencyMs: number }) => {
  sandbox.latencyMs = latencyMs;
});
process.send?.({ endpoint: sandbox.endpoint });
