import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { permissions } from '@users-bff/bff';
import { MANAGEMENT_API, managementApplication, type Sandbox, startSandbox } from '@users-bff/logto-sandbox';
import { AUDIENCE, caller, tokenFrom, UNLIMITED } from './world.js';

const MAIN = fileURLToPath(new URL('../apps/bff/dist/main.js', import.meta.url));

/** The server as it runs in earnest: a process of its own. */
export interface BffProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly metricsUrl: string;
  /** What it has written down. */
  output(): string;
  /** Resolves to the exit code; `null` where a signal ended it. */
  readonly exit: Promise<number | null>;
}

/** A sandbox that knows the callers of the tests. */
export const startLogto = (): Promise<Sandbox> =>
  startSandbox({
    port: 0,
    users: 30,
    announce: () => {},
    resources: [{ indicator: AUDIENCE, scopes: permissions }],
    applications: [caller],
  });

/** A token that may do everything. */
export const tokenOf = (logto: Sandbox): Promise<string> => tokenFrom(logto, permissions);

/** What a process in front of this Logto is told. */
export const environmentOf = (logto: Sandbox): Record<string, string> => ({
  NODE_ENV: 'test',
  PORT: '0',
  METRICS_PORT: '0',
  LOGTO_ENDPOINT: logto.endpoint,
  LOGTO_APP_ID: managementApplication.clientId,
  LOGTO_APP_SECRET: managementApplication.clientSecret,
  LOGTO_RESOURCE: MANAGEMENT_API,
  AUTH_AUDIENCE: AUDIENCE,
  MAX_EVENT_LOOP_DELAY_MS: '10000',
  ...UNLIMITED,
});

/** Starts a process, and waits until it listens. */
export const startBff = async (
  environment: Record<string, string>,
  { flags = [] }: { flags?: readonly string[] } = {},
): Promise<BffProcess> => {
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  const child = spawn(process.execPath, [...flags, MAIN], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const said = async (wanted: RegExp): Promise<string> => {
    for (;;) {
      const found = wanted.exec(text)?.[1];
      if (found !== undefined) return found;
      const ended = await Promise.race([exit.then(() => true), once(child.stdout, 'data').then(() => false)]);
      if (ended) throw new Error(`ended before it said ${wanted}:\n${text}`);
    }
  };
  const url = await said(/"url":"(http[^"]+)"/);
  return { child, url, metricsUrl: await said(/"metricsUrl":"([^"]+)"/), output: () => text, exit };
};

/** Waits until it is ready. */
export const ready = async ({ url }: Pick<BffProcess, 'url'>): Promise<void> => {
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
