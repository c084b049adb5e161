import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MANAGEMENT_API, type MachineApplication, managementApplication } from '@users-bff/logto-sandbox';
import { AUDIENCE, startBffProcess } from '../bff-process.js';

export const PERMISSIONS = ['users:read', 'users:write'];
export const CALLER: MachineApplication = {
  kind: 'machine',
  clientId: 'caller',
  clientSecret: 'caller-secret',
  grants: { [AUDIENCE]: PERMISSIONS },
};

const LOGTO = fileURLToPath(new URL('logto.js', import.meta.url));
/** Collects garbage when it is told to, so that what is left is what is held. */
const COLLECT = `data:text/javascript,${encodeURIComponent("process.on('SIGUSR2',()=>globalThis.gc())")}`;

/** The BFF in front of the sandbox, each a process of its own. */
export interface Scene {
  readonly url: string;
  /** An access token of a caller; a new one each time. */
  token(): Promise<string>;
  /** Milliseconds that Logto takes for each request from now on. */
  setLatency(latencyMs: number): void;
  /** A metric of the server, summed over its series. */
  metric(name: string): Promise<number>;
  collectGarbage(): Promise<void>;
  close(): Promise<void>;
}

/** Starts both. */
export const startScene = async (environment: Record<string, string> = {}): Promise<Scene> => {
  const logto = fork(LOGTO);
  const [{ endpoint }] = (await once(logto, 'message')) as [{ endpoint: string }];
  const { child, url, metricsUrl } = await startBffProcess(
    {
      NODE_ENV: 'test',
      LOGTO_ENDPOINT: endpoint,
      LOGTO_APP_ID: managementApplication.clientId,
      LOGTO_APP_SECRET: managementApplication.clientSecret,
      LOGTO_RESOURCE: MANAGEMENT_API,
      ...environment,
    },
    ['--expose-gc', '--import', COLLECT],
  );

  return {
    url,
    async token() {
      const response = await fetch(`${endpoint}/oidc/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${CALLER.clientId}:${CALLER.clientSecret}`)}` },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          resource: AUDIENCE,
          scope: PERMISSIONS.join(' '),
        }),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    },
    setLatency: (latencyMs) => void logto.send({ latencyMs }),
    async metric(name) {
      const text = await (await fetch(metricsUrl)).text();
      const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    async collectGarbage() {
      child.kill('SIGUSR2');
      await setTimeout(500);
    },
    async close() {
      for (const each of [child, logto]) {
        const exit = once(each, 'exit');
        each.kill('SIGTERM');
        if (each.connected) each.disconnect();
        await exit;
      }
    },
  };
};
