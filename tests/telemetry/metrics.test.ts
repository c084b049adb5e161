import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { post } from '../e2e/procedures.js';
import { startWorld, type World } from '../world.js';

const metricsOf = async ({ server }: World): Promise<string> => (await fetch(server.metricsUrl ?? '')).text();

/** A metric as it is exposed. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly series: readonly string[];
}

/** Reads the text format, strictly. */
const familiesIn = (text: string): Family[] => {
  const families: (Family & { series: string[] })[] = [];
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').filter(Boolean)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    const last = families.at(-1);
    if (kind === 'HELP') families.push({ name, help: rest, type: '', series: [] });
    else if (kind === 'TYPE') {
      expect(last?.name).toBe(name);
      Object.assign(last as object, { type: rest });
    } else {
      const [, series = ''] =
        /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (?:[-+]?[\d.]+(?:e[-+]?\d+)?|NaN|[-+]Inf)$/.exec(line) ?? [];
      expect(series, line).toMatch(new RegExp(`^${last?.name}(_bucket|_sum|_count)?(\\{|$)`));
      last?.series.push(series);
    }
  }
  return families;
};

/** The rules of `promtool check metrics`. */
const problemsOf = ({ name, help, type, series }: Family): string[] => {
  const problems: string[] = [];
  if (help.trim() === '') problems.push('no help text');
  if (type === 'counter' && !name.endsWith('_total')) problems.push('counter metrics should have "_total" suffix');
  if (type !== 'counter' && name.endsWith('_total')) problems.push('non-counter metrics should not have "_total"');
  if (type !== 'histogram' && type !== 'summary' && /_(bucket|count|sum)$/.test(name)) {
    problems.push('only histograms and summaries have "_bucket", "_count", "_sum"');
  }
  if (/[A-Z]/.test(name)) problems.push('metric names should be written in snake_case');
  if (/(^|_)(counter|gauge|histogram|summary)(_|$)/.test(name)) problems.push('name should not include its type');
  if (/_(ms|millis|milliseconds|micros|minutes|hours|kb|mb|kilobytes|megabytes|percent)(_|$)/.test(name)) {
    problems.push('base units are seconds, bytes, ratios');
  }
  const labels = new Set(series.flatMap((each) => [...each.matchAll(/[{,](\w+)="/g)].map(([, label]) => label ?? '')));
  for (const label of labels) {
    if (!/^[a-z][a-z0-9_]*$/.test(label)) problems.push(`label ${label} should be snake_case`);
    if (label !== 'le' && label !== 'quantile' && name.includes(`_${label}_`)) problems.push(`name has label ${label}`);
  }
  if (new Set(series).size !== series.length) problems.push('a series twice');
  return problems.map((problem) => `${name}: ${problem}`);
};

// Node's own metrics, under the names that prom-client's dashboards expect.
const isOwn = ({ name }: Family): boolean => !/^(nodejs|process)_/.test(name);

describe('metrics', () => {
  const start = () => startWorld({ environment: { METRICS_PORT: '0' } });

  it('are named as promtool wants them, with all names of docs/operations.md and none besides', async () => {
    await using world = await start();
    const client = world.client();
    await client.users.list.query();
    const families = familiesIn(await metricsOf(world));
    expect(families.filter(isOwn).flatMap(problemsOf)).toEqual([]);
    expect(families.filter((family) => !isOwn(family)).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['nodejs_eventloop_lag_seconds', 'nodejs_heap_size_used_bytes', 'process_open_fds']),
    );
  });

  it('count what happened', async () => {
    await using world = await start();
    const client = world.client('users:read', 'users:write');
    const { id: userId } = await client.users.create.mutate({ name: 'U' });
    await client.users.get.query({ userId });
    await expect(client.users.get.query({ userId: 'nobody' })).rejects.toThrow();
    await expect(client.users.delete.mutate({ userId })).rejects.toThrow();
    await fetch(`${world.url}/users.list`, { headers: { authorization: 'Bearer x' } });
    world.sandbox.failNext(1, { kind: 'status', status: 502 });
    await client.users.get.query({ userId });
    const text = await metricsOf(world);
    for (const line of [
      'rpc_server_call_duration_seconds_count{procedure="users.create",code="OK"} 1',
      'rpc_server_call_duration_seconds_count{procedure="users.get",code="OK"} 2',
      'rpc_server_call_duration_seconds_count{procedure="users.get",code="NOT_FOUND"} 1',
      'http_client_request_duration_seconds_count{operation="createUser",status="200"} 1',
      'http_client_request_duration_seconds_count{operation="getUser",status="404"} 1',
      'http_client_request_duration_seconds_count{operation="getUser",status="502"} 1',
      'usersbff_upstream_retries_total{reason="502"} 1',
      'usersbff_authz_denied_total{procedure="users.delete",permission="users:delete"} 1',
      'usersbff_auth_failures_total{reason="invalid_token"} 1',
      'usersbff_token_requests_total{result="issued"} 1',
      'usersbff_circuit_state 0',
      'usersbff_upstream_in_flight 0',
      'usersbff_audit_buffered 0',
      'usersbff_audit_records_total{outcome="succeeded"} 1',
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
  });

  it('are as many after 10,000 different inputs, callers and paths as before', async () => {
    await using world = await start();
    const token = await world.token('users:read');
    const names = Array.from({ length: 20 }, () => 'users.get').join(',');
    const round = async (size: number): Promise<void> => {
      const inputs = Object.fromEntries(
        names.split(',').map((_, index) => [index, { userId: randomUUID().slice(0, 12) }]),
      );
      const batches = Array.from({ length: size / 20 }, () =>
        fetch(`${world.url}/${names}?batch=1`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'x-request-id': randomUUID(),
          },
          body: JSON.stringify(inputs),
        }).then((response) => response.text()),
      );
      const strays = Array.from({ length: 10 }, () => [
        fetch(`${world.server.url}/${randomUUID()}`, { method: 'PUT' }).then((response) => response.text()),
        post(world.url, `users.${randomUUID().slice(0, 8)}`, {}, token),
        post(world.url, 'users.get', { userId: randomUUID() }, randomUUID()),
      ]).flat();
      await Promise.all([...batches, ...strays]);
    };
    const seriesNow = async () =>
      familiesIn(await metricsOf(world))
        .filter(isOwn)
        .flatMap(({ series }) => series);
    for (let warm = 0; warm < 5; warm += 1) await round(200);
    const before = await seriesNow();
    for (let rest = 0; rest < 50; rest += 1) await round(200);
    expect(await seriesNow()).toEqual(before);
  }, 60_000);

  it('are on a port of their own, which has nothing else', async () => {
    await using world = await start();
    const token = await world.token('users:read');
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${world.server.url}/metrics`, { headers })).status).toBe(404);
    const metrics = new URL(world.server.metricsUrl ?? '');
    for (const path of ['/', '/trpc/users.list', '/healthz', '/panel/']) {
      expect((await fetch(new URL(path, metrics), { headers })).status).toBe(404);
    }
    expect((await fetch(metrics, { method: 'POST' })).status).toBe(404);
    expect((await fetch(metrics)).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('are nowhere unless they are asked for', async () => {
    await using world = await startWorld();
    expect(world.server.metricsUrl).toBeUndefined();
  });

  it('hold no secret', async () => {
    await using world = await start();
    const token = await world.token('users:credentials');
    await post(world.url, 'users.password.verify', { userId: 'needle-user', password: 'needle-password' }, token);
    await post(world.url, 'needle-procedure', {}, token, { 'user-agent': 'needle-agent' });
    expect(await metricsOf(world)).not.toContain('needle');
  });
});
