import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MANAGEMENT_API, type MachineApplication, managementApplication } from '@users-bff/logto-sandbox';

export const AUDIENCE = 'https://users-bff.example';
export const PERMISSIONS = ['users:read', 'users:write'];
export const CALLER: MachineApplication = {
  kind: 'machine',
  clientId: 'caller',
  clientSecret: 'caller-secret',
  grants: { [AUDIENCE]: PERMISSIONS },
};

const BFF = fileURLToPath(new URL('../../../apps/bff/dist/main.js', import.meta.url));
const LOGTO = fileURLToPath(new URL('logto.js', import.meta.url));
const NO_LIMIT = '100000000';
/** Collects garbage when it is told to, so that what is left is what is held. */
const COLLECT = `data:text/javascript,${encodeURIComponent("process.on('SIGUSR2',()=>globalThis.gc())")}`;

/** The BFF in front of the sandbox, each a process of its own. */
export interface Scene {
  readonly url: string;
  /** An access token of a caller; a new one each time. */
  token(): Promise<string>;
  /** Milliseconds that Logto takes for each request from now on. */
  setLatency(latencyMs: number): void;
  /** A metric of the server, after a collection of garbage. */
  metric(name: string): Promise<number>;
  collectGarbage(): Promise<void>;
  close(): Promise<void>;
}

/** The first line of the server's log that says where it listens. */
const listening = (child: ChildProcess): Promise<{ url: string; metricsUrl: string }> =>
  new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk;
      const line = text.split('\n').find((each) => each.includes('"metricsUrl"'));
      if (line === undefined) return;
      // The rest is written all the same, and read by nobody.
      child.stdout?.off('data', read).resume();
      resolve(JSON.parse(line));
    };
    child.stdout?.on('data', read);
    child.once('exit', () => reject(new Error(`ended:\n${text}`)));
  });

/** Starts both. */
export const startScene = async (environment: Record<string, string> = {}): Promise<Scene> => {
  const logto = fork(LOGTO);
  const [{ endpoint }] = (await once(logto, 'message')) as [{ endpoint: string }];
  const bff = fork(BFF, {
    silent: true,
    execArgv: ['--expose-gc', '--import', COLLECT],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      METRICS_PORT: '0',
      NODE_ENV: 'test',
      LOGTO_ENDPOINT: endpoint,
      LOGTO_APP_ID: managementApplication.clientId,
      LOGTO_APP_SECRET: managementApplication.clientSecret,
      LOGTO_RESOURCE: MANAGEMENT_API,
      AUTH_AUDIENCE: AUDIENCE,
      RATE_LIMIT_READS: NO_LIMIT,
      RATE_LIMIT_WRITES: NO_LIMIT,
      ...environment,
    },
  });
  const { url, metricsUrl } = await listening(bff);
  while (!(await fetch(`${url}/readyz`)).ok) await setTimeout(20);

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
      bff.kill('SIGUSR2');
      await setTimeout(500);
    },
    async close() {
      for (const child of [bff, logto]) {
        const exit = once(child, 'exit');
        child.kill('SIGTERM');
        if (child === logto) child.disconnect();
        await exit;
      }
    },
  };
};
