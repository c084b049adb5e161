import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const AUDIENCE = 'https://users-bff.example';
export const SCOPE = 'users:read users:write';
const NO_LIMIT = '100000000';

/** A process that answers. */
export interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  /** Seconds of processor that it has used; `undefined` where the system does not tell. */
  cpuSeconds(): number | undefined;
  /** Bytes in memory. */
  residentBytes(): number | undefined;
  stop(): Promise<void>;
}

/** Of Linux: user and system time in hundredths of a second. */
const cpuOf = (pid: number): number | undefined => {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const fields = readFileSync(file, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const residentOf = (pid: number): number | undefined => {
  const file = `/proc/${pid}/statm`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[1]) * 4_096 : undefined;
};

const running = (child: ChildProcess, url: string): Running => ({
  url,
  child,
  cpuSeconds: () => cpuOf(child.pid ?? 0),
  residentBytes: () => residentOf(child.pid ?? 0),
  async stop() {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    if (child.connected) child.disconnect();
    await exit;
  },
});

/** Starts a program of this folder, which says where it listens. */
export const startProgram = async (name: string, env: Record<string, string> = {}): Promise<Running> => {
  const child = fork(fileURLToPath(new URL(`${name}.js`, import.meta.url)), {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return running(child, url);
};

/** Starts the BFF with everything on: checks, permissions, validation, audit, limits, logging, metrics. */
export const startBff = async (endpoint: string, env: Record<string, string> = {}): Promise<Running> => {
  const child = fork(fileURLToPath(new URL('../../../apps/bff/dist/main.js', import.meta.url)), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: '0',
      METRICS_PORT: '0',
      SHUTDOWN_DELAY_MS: '0',
      LOGTO_ENDPOINT: endpoint,
      LOGTO_APP_ID: 'app',
      LOGTO_APP_SECRET: 'secret',
      AUTH_AUDIENCE: AUDIENCE,
      RATE_LIMIT_READS: NO_LIMIT,
      RATE_LIMIT_WRITES: NO_LIMIT,
      MAX_IN_FLIGHT: '1000',
      MAX_EVENT_LOOP_DELAY_MS: '10000',
      ...env,
    },
  });
  const url = await new Promise<string>((resolve) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk;
      const found = /"url":"(http[^"]+)"/.exec(text)?.[1];
      if (found === undefined) return;
      // The log is written all the same, and read by nobody.
      child.stdout?.off('data', read).resume();
      resolve(found);
    };
    child.stdout?.on('data', read);
  });
  while (!(await fetch(`${url}/readyz`)).ok) await setTimeout(10);
  return running(child, url);
};
