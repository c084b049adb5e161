import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startBffProcess } from '../bff-process.js';

export const SCOPE = 'users:read users:write';

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

/** Access tokens of several callers: nobody has a server to himself, and each has a share of it. */
export const callerTokens = (upstream: Running, count: number): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) =>
      (await fetch(`${upstream.url}/caller-token/caller${index}`)).text(),
    ),
  );

/** Starts a program of this folder, which says where it listens. */
export const startProgram = async (name: string, env: Record<string, string> = {}): Promise<Running> => {
  const child = fork(fileURLToPath(new URL(`${name}.js`, import.meta.url)), {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return running(child, url);
};

/** Starts the BFF with everything on: checks, permissions, validation, audit, limits, logging, metrics. */
export const startBff = async (
  endpoint: string,
  environment: Record<string, string> = {},
  flags: string[] = [],
): Promise<Running> => {
  const variables = {
    NODE_ENV: 'production',
    LOGTO_ENDPOINT: endpoint,
    LOGTO_APP_ID: 'app',
    LOGTO_APP_SECRET: 'secret',
    // The proxies refuse nobody either.
    MAX_IN_FLIGHT: '1000',
    MAX_EVENT_LOOP_DELAY_MS: '10000',
    ...environment,
  };
  const { child, url } = await startBffProcess(variables, flags);
  return running(child, url);
};
