import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const AUDIENCE = 'https://users-bff.example';

const MAIN = fileURLToPath(new URL('../../apps/bff/dist/main.js', import.meta.url));
const NO_LIMIT = '100000000';

/** The line of the server's log that says where it listens. */
const listening = (child: ChildProcess): Promise<{ url: string; metricsUrl: string }> =>
  new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk;
      const line = text.split('\n').find((each) => each.includes('"metricsUrl"') && each.endsWith('}'));
      if (line === undefined) return;
      // The rest is written all the same, and read by nobody.
      child.stdout?.off('data', read).resume();
      resolve(JSON.parse(line));
    };
    child.stdout?.on('data', read);
    child.once('exit', () => reject(new Error(`ended:\n${text}`)));
  });

/** Starts the BFF with everything on, quotas that nobody spends, and its metrics; resolves when it is ready. */
export const startBffProcess = async (environment: Record<string, string>, flags: string[] = []) => {
  const child = fork(MAIN, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: flags,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      METRICS_PORT: '0',
      SHUTDOWN_DELAY_MS: '0',
      AUTH_AUDIENCE: AUDIENCE,
      RATE_LIMIT_READS: NO_LIMIT,
      RATE_LIMIT_WRITES: NO_LIMIT,
      ...environment,
    },
  });
  const { url, metricsUrl } = await listening(child);
  while (!(await fetch(`${url}/readyz`)).ok) await setTimeout(10);
  return { child, url, metricsUrl };
};
