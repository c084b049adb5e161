import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '@users-bff/bff';
import { expect, it } from 'vitest';
import { compile } from '../compile.js';
import { pathOf, textOf, yamlOf } from './files.js';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name: string };
  readonly [other: string]: unknown;
}

interface Container {
  readonly image: string;
  readonly envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  readonly ports: { name: string; containerPort: number }[];
  readonly securityContext: object;
  readonly [probe: string]: unknown;
}

const FOLDER = 'deploy/kubernetes';
const names = readdirSync(pathOf(FOLDER)).filter((name) => name !== 'kustomization.yaml');
const manifests = names.flatMap((name) => yamlOf<Manifest>(`${FOLDER}/${name}`));
const of = (kind: string): Manifest => {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as Manifest;
};
const pod = (of('Deployment')['spec'] as { template: { metadata: object; spec: Record<string, unknown> } }).template;
const [container] = pod.spec['containers'] as [Container];

/** Where Kubernetes' own types are, by API version. */
const moduleOf = (apiVersion: string): string => (apiVersion === 'v1' ? 'core/v1' : apiVersion.replace('.k8s.io', ''));

it('each manifest is what the API of Kubernetes takes, field by field', () => {
  const folder = mkdtempSync(join(pathOf('tests'), 'manifests-'));
  try {
    const lines = manifests.map(
      (manifest, index) =>
        `import type { ${manifest.kind} as Kind${index} } from 'kubernetes-types/${moduleOf(manifest.apiVersion)}';
export const manifest${index}: Kind${index} = ${JSON.stringify(manifest, null, 2)};`,
    );
    const file = join(folder, 'manifests.mts');
    const check = (code: string): string => {
      writeFileSync(file, code);
      return compile(file, '--module', 'esnext', '--moduleResolution', 'bundler');
    };
    expect(check(lines.join('\n'))).toBe('');
    // A field that there is not is found.
    expect(check(lines.join('\n').replaceAll('readinessProbe', 'readynessProbe'))).toContain('readynessProbe');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

it('they name each other as they are', () => {
  const [{ resources = [] } = {}] = yamlOf<{ resources?: string[] }>(`${FOLDER}/kustomization.yaml`);
  expect([...resources].sort()).toEqual(names.filter((name) => name !== 'secret.example.yaml').sort());
  const refs = container.envFrom.map(({ configMapRef, secretRef }) => configMapRef?.name ?? secretRef?.name);
  expect(refs).toEqual([of('ConfigMap').metadata?.name, of('Secret').metadata?.name]);
  expect(pod.spec['serviceAccountName']).toBe(of('ServiceAccount').metadata?.name);
  const labels = (pod.metadata as { labels: object }).labels;
  expect((of('Service')['spec'] as { selector: object }).selector).toEqual(labels);
  for (const kind of ['Deployment', 'PodDisruptionBudget']) {
    expect((of(kind)['spec'] as { selector: { matchLabels: object } }).selector.matchLabels).toEqual(labels);
  }
  const [port] = (of('Service')['spec'] as { ports: { targetPort: string }[] }).ports;
  expect(container.ports.map(({ name }) => name)).toContain(port?.targetPort);
});

it('the server starts with what they tell it, listens where they look, and they wait for it to end', () => {
  const config = readConfig({
    // As the image says.
    ...Object.fromEntries(
      [
        ...(textOf('Containerfile')
          .match(/^ENV NODE_ENV.*$/m)?.[0]
          .matchAll(/(\w+)=(\S+)/g) ?? []),
      ].map(([, name = '', value = '']) => [name, value]),
    ),
    ...(of('ConfigMap')['data'] as Record<string, string>),
    ...(of('Secret')['stringData'] as Record<string, string>),
  });
  const known = textOf('apps/bff/src/config/config.ts');
  for (const name of Object.keys({
    ...(of('ConfigMap')['data'] as object),
    ...(of('Secret')['stringData'] as object),
  })) {
    expect(known).toContain(`'${name}'`);
  }
  const portOf = (wanted: string) => container.ports.find(({ name }) => name === wanted)?.containerPort;
  expect([portOf('http'), portOf('metrics')]).toEqual([config.port, config.metrics?.port]);
  expect(config.metrics?.host).toBe('0.0.0.0');
  const seconds = pod.spec['terminationGracePeriodSeconds'] as number;
  expect(seconds * 1_000).toBeGreaterThan(config.shutdownDelayMs + config.shutdownGraceMs + 5_000);
  const readiness = container['readinessProbe'] as { periodSeconds: number; httpGet: { path: string } };
  expect(readiness.httpGet.path).toBe('/readyz');
  expect(readiness.periodSeconds * 1_000).toBeLessThan(config.shutdownDelayMs);
  expect((container['livenessProbe'] as { httpGet: { path: string } }).httpGet.path).toBe('/healthz');
});

it('the container has no privileges, and writes nowhere', () => {
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(pod.spec['securityContext']).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(pod.spec['automountServiceAccountToken']).toBe(false);
  expect(container.image).toMatch(/:\d/);
});
