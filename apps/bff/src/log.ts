import { type DestinationStream, type Logger, pino } from 'pino';
import { NO_TRACE, traceOfLogLine } from './telemetry/tracing.js';

export type { Logger };

/** What must never be written. The log is made of named fields alone; this is the second net below it. */
const REDACTED = ['authorization', 'password', 'secret', 'clientSecret', 'accessToken', 'token', 'cookie'].flatMap(
  (name) => [name, `*.${name}`],
);

/** Most lines have no trace: nothing is copied then. */
const merge = (line: object, trace: object): object => (trace === NO_TRACE ? line : { ...trace, ...line });

/** Makes the log: JSON, one line an event, to the standard output unless told otherwise. */
export const createLog = (level: string, destination?: DestinationStream): Logger => {
  const options = { level, base: undefined, redact: REDACTED, mixin: traceOfLogLine, mixinMergeStrategy: merge };
  return destination ? pino(options, destination) : pino(options);
};

/** The same log for lines whose fields are all named: looking for secrets among them takes longer than writing them. */
export const unredacted = (log: Logger, options: { readonly level?: string } = {}): Logger =>
  log.child({}, { ...options, redact: [] });
