import { readFileSync } from 'node:fs';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** As OpenTelemetry recommends for durations of HTTP. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const version = (): string => {
  const description = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (description as { version: string }).version;
};

/**
 * Makes the metrics of one server. A label holds a name that this program knows, never what a caller sent: the number
 * of series does not grow with those who call.
 */
export const createMetrics = () => {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name, help, labelNames, registers });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Histogram<Label>({ name, help, labelNames, registers, buckets: BUCKETS });

  gauge('usersbff_build_info', 'Always 1; the version is in the label.', ['version']).set({ version: version() }, 1);

  const scrapers: (() => void)[] = [];

  return {
    registry,
    /** Sets what is looked at only when somebody asks. */
    beforeScrape: (scrape: () => void): void => void scrapers.push(scrape),
    /** All of it in Prometheus' text format. */
    text(): Promise<string> {
      for (const scrape of scrapers) scrape();
      return registry.metrics();
    },
    requests: histogram('http_server_request_duration_seconds', 'HTTP requests of callers, by how long they took.', [
      'method',
      'route',
      'status',
    ]),
    activeRequests: gauge('http_server_active_requests', 'HTTP requests of callers that go on.'),
    shed: counter('usersbff_shed_requests_total', 'Requests that were refused because the server was too busy.', [
      'reason',
    ]),
    eventLoopDelay: gauge('usersbff_event_loop_delay_seconds', 'Mean delay of the event loop over the last second.'),
    calls: histogram(
      'rpc_server_call_duration_seconds',
      'Procedure calls, by how long they took. A batch is several.',
      ['procedure', 'code'],
    ),
    denied: counter('usersbff_authz_denied_total', 'Calls whose caller lacked a permission.', [
      'procedure',
      'permission',
    ]),
    rateLimited: counter('usersbff_rate_limited_total', 'Calls that were one too many, by procedure.', ['procedure']),
    authenticationFailures: counter('usersbff_auth_failures_total', 'Requests that were not let in.', ['reason']),
    upstream: histogram('http_client_request_duration_seconds', 'Requests to Logto, by how long they took.', [
      'operation',
      'status',
    ]),
    retries: counter('usersbff_upstream_retries_total', 'Requests to Logto that repeat one, by what became of that.', [
      'reason',
    ]),
    upstreamInFlight: gauge('usersbff_upstream_in_flight', 'Requests to Logto that go on.'),
    upstreamQueue: gauge('usersbff_upstream_queue_depth', 'Requests to Logto that wait for room.'),
    circuit: gauge('usersbff_circuit_state', 'Whether Logto is left alone: 0 no, 1 being tried, 2 yes.'),
    tokenRequests: counter(
      'usersbff_token_requests_total',
      'Tokens for Logto that were asked for or found with another process, by what came of it.',
      ['result'],
    ),
    tokenCache: counter('usersbff_token_cache_total', 'Where calls got the token from.', ['result']),
    tokenExpiry: gauge('usersbff_token_expiry_timestamp_seconds', 'When the token in use expires.'),
    tokenRejected: counter('usersbff_token_rejected_total', 'Tokens that Logto refused.'),
    tokenWait: histogram('usersbff_token_wait_seconds', 'How long calls waited for a token that was not there.', []),
    sharedCacheUp: gauge(
      'usersbff_shared_cache_up',
      'Whether the shared token cache works: 1 or 0; nothing without one.',
    ),
    sharedCacheErrors: counter('usersbff_shared_cache_errors_total', 'Failures of the shared token cache.', ['kind']),
    keyRefreshes: counter('usersbff_jwks_refresh_total', "Fetches of an issuer's keys.", ['issuer', 'result']),
    keyAge: gauge('usersbff_jwks_age_seconds', "How old an issuer's keys are.", ['issuer']),
    audit: counter('usersbff_audit_records_total', 'Audit records, by outcome.', ['outcome']),
    auditWaiting: gauge('usersbff_audit_buffered', 'Audit records that are not written yet.'),
  };
};

/** The metrics of one server. */
export type Metrics = ReturnType<typeof createMetrics>;
