import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../apps/bff/src/telemetry/metrics.js';
import { textOf, yamlOf } from './files.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { severity: string };
  readonly annotations: { summary: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: { expr: string }[];
  readonly gridPos: { x: number; y: number; w: number; h: number };
}

const [alerts] = yamlOf<{ groups: { rules: Rule[] }[] }>('deploy/prometheus/alerts.yaml');
const rules = alerts?.groups.flatMap((group) => group.rules) ?? [];
const dashboard = JSON.parse(textOf('deploy/grafana/users-bff.json')) as { panels: Panel[] };
const operations = textOf('docs/operations.md');

/** The metrics of the server, with their labels; those of Node, and Prometheus' own. */
const known = new Map<string, Set<string>>([
  ['up', new Set()],
  ['process_start_time_seconds', new Set()],
  ['process_resident_memory_bytes', new Set()],
  ['process_cpu_seconds_total', new Set()],
  ['nodejs_heap_size_used_bytes', new Set()],
]);
for (const metric of createMetrics().registry.getMetricsAsArray()) {
  const { name, type, labelNames } = metric as unknown as { name: string; type?: string; labelNames: string[] };
  const isHistogram = type === 'histogram' || 'buckets' in metric;
  for (const suffix of isHistogram ? ['_bucket', '_sum', '_count'] : ['']) {
    known.set(`${name}${suffix}`, new Set([...labelNames, ...(suffix === '_bucket' ? ['le'] : [])]));
  }
}
/** What Prometheus adds to each series. */
const ADDED = ['job', 'instance'];

/** What is wrong with a query. */
const problemsOf = (query: string): string[] => {
  // Grafana's own words stand for these.
  const plain = query.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*');
  const problems: string[] = [];
  const labels = new Set<string>();
  const names: string[] = [];
  parser.parse(plain).iterate({
    enter({ name, type, from, to, node }) {
      const text = plain.slice(from, to);
      if (type.isError) problems.push(`${query}: no PromQL at ${from}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(text);
      if (name === 'LabelName') labels.add(text);
    },
  });
  if (names.length === 0 && !/\d/.test(plain)) problems.push(`${query}: no metric`);
  for (const name of names) if (!known.has(name)) problems.push(`${query}: there is no ${name}`);
  const there = new Set([...ADDED, ...names.flatMap((name) => [...(known.get(name) ?? [])])]);
  for (const label of labels) if (!there.has(label)) problems.push(`${query}: there is no label ${label}`);
  return problems;
};

it('a query that is wrong is found', () => {
  expect(problemsOf('sum(rate(usersbff_nothing_total[5m]))')).toHaveLength(1);
  expect(problemsOf('sum by (user) (usersbff_circuit_state)')).toHaveLength(1);
  expect(problemsOf('sum(rate(usersbff_shed_requests_total[5m])')).not.toEqual([]);
});

describe('alerts', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s asks for what there is', (_name, rule) => {
    expect(problemsOf(rule.expr)).toEqual([]);
    expect(rule.labels.severity).toMatch(/^(critical|warning)$/);
    expect(rule.annotations.summary).not.toBe('');
  });

  it('are each explained, with what to do, and no other is', () => {
    const explained = [...operations.matchAll(/^#### (UsersBff\w+)$/gm)].map(([, name]) => name);
    expect(explained).toEqual(rules.map(({ alert }) => alert));
  });
});

describe('the dashboard', () => {
  const { panels } = dashboard;

  it('asks for what there is', () => {
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(30);
    expect(queries.flatMap(problemsOf)).toEqual([]);
  });

  it('has each panel once, beside the others', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const [index, { gridPos: a }] of panels.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      for (const { gridPos: b } of panels.slice(index + 1)) {
        const isApart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect(isApart).toBe(true);
      }
    }
  });

  it('shows every metric of the server', () => {
    const text = JSON.stringify(panels) + JSON.stringify(rules);
    const names = createMetrics()
      .registry.getMetricsAsArray()
      .map(({ name }) => name);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });
});

it('every metric is in docs/operations.md, with its labels, and no other', () => {
  const written = [...operations.matchAll(/^\| `((?:usersbff|http|rpc)_\w+)` \|([^|]*)\|/gm)].map(
    ([, name, labels = '']) => [name, [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label).sort()],
  );
  const there = createMetrics()
    .registry.getMetricsAsArray()
    .map((metric) => [metric.name, [...(metric as unknown as { labelNames: string[] }).labelNames].sort()]);
  expect(written.sort()).toEqual(there.sort());
});
