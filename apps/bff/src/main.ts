import { setFlagsFromString } from 'node:v8';
import { ConfigError, readConfig } from './config/config.js';
import { createLog } from './log.js';
import { serve } from './serve.js';
import { exportTraces } from './telemetry/export-traces.js';

// V8 comes to think that what each request makes lives long, and puts some of it where only a full collection looks,
// which keeps the rest of the request too. Collecting it then slows down all calls.
setFlagsFromString('--no-allocation-site-pretenuring');

/** Milliseconds beyond all grace: whatever hangs then does not keep the process. */
const LAST_MS = 5_000;

try {
  const config = readConfig();
  const log = createLog(config.logLevel);
  const stopTracing = config.tracesUrl === undefined ? undefined : await exportTraces();
  const server = await serve(config, log);
  process.on('exit', server.catchUp);

  let isEnding = false;
  const end = (exitCode: number): void => {
    // Told a second time: at once.
    if (isEnding) process.exit(1);
    isEnding = true;
    process.exitCode = exitCode;
    setTimeout(() => process.exit(1), config.shutdownDelayMs + config.shutdownGraceMs + LAST_MS).unref();
    void server
      .stop()
      .then(stopTracing)
      .finally(() => process.exit());
  };
  // The message may hold anything; where it happened does not.
  const fail = (error: unknown) => {
    const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined };
    const frames = stack?.split('\n').filter((line) => line.startsWith('    at '));
    log.fatal({ errorName: name, stack: frames?.slice(0, 8) }, 'unforeseen failure: the process ends');
    end(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('SIGTERM', () => end(0));
  process.on('SIGINT', () => end(0));
} catch (error) {
  process.exitCode = 1;
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (isTaken) process.stderr.write('PORT or METRICS_PORT is taken by another program: set it to a free one\n');
  else if (error instanceof ConfigError) process.stderr.write(`${error.problems.join('\n')}\n`);
  else throw error;
}
