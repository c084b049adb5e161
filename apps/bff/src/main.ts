import { ConfigError, readConfig } from './config/config.js';
import { createLog } from './log.js';
import { serve } from './serve.js';

try {
  const config = readConfig();
  const server = await serve(config, createLog(config.logLevel));
  const stop = () => void server.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.exitCode = 1;
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (isTaken) process.stderr.write('PORT is taken by another program: end it, or set PORT to a free one\n');
  else if (error instanceof ConfigError) process.stderr.write(`${error.problems.join('\n')}\n`);
  else throw error;
}
