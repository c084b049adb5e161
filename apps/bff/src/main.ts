import { ConfigError, readConfig } from './config/config.js';
import { createLog } from './log.js';
import { serve } from './serve.js';

try {
  const config = readConfig();
  const log = createLog(config.logLevel);
  const server = await serve(config, log);
  const stop = () => void server.stop();
  // The message may hold anything; where it happened does not.
  const fail = (error: unknown) => {
    const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined };
    const frames = stack?.split('\n').filter((line) => line.startsWith('    at '));
    log.fatal({ errorName: name, stack: frames?.slice(0, 8) }, 'unforeseen failure: the process ends');
    process.exitCode = 1;
    void server.stop().finally(() => process.exit());
  };
  process.once('uncaughtException', fail);
  process.once('unhandledRejection', fail);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.exitCode = 1;
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (isTaken) process.stderr.write('PORT is taken by another program: end it, or set PORT to a free one\n');
  else if (error instanceof ConfigError) process.stderr.write(`${error.problems.join('\n')}\n`);
  else throw error;
}
