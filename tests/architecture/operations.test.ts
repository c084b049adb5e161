import { readdirSync, readFileSync } from 'node:fs';
import { startSandbox } from '@users-bff/logto-sandbox';
import { operations } from '@users-bff/logto-users';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

interface Row {
  name: string;
  method: string;
  path: string;
  summary: string;
  input: z.ZodType;
  output: z.ZodType;
}

const rows = Object.entries(operations as unknown as Record<string, Row>);

const folder = new URL('../../packages/logto-users/src/operations/', import.meta.url);
const source = readdirSync(folder)
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n');

const router = readFileSync(new URL('../../apps/bff/src/router/users.ts', import.meta.url), 'utf8');

describe.each(rows)('%s', (exported, { name, method, path, summary, input, output }) => {
  it('is called by its own name', () => {
    expect(name).toBe(exported);
  });

  it('has for its summary the first sentence of its doc comment', () => {
    const [, comment] = new RegExp(`/\\*\\* (.+) \\*/\\nexport const ${exported} = `).exec(source) ?? [];
    expect(summary).toBe(comment);
    expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  it('has its summary at its procedure too, where clients read it', () => {
    const [, comment] = new RegExp(`/\\*\\* (.+) \\*/\\n\\s+\\w+: \\w+\\(op\\.${exported},`).exec(router) ?? [];
    expect(comment).toBe(summary);
  });

  it('reads by GET alone', () => {
    expect(method === 'GET').toBe(/^(get|list)/.test(name));
  });

  it('names in its path only keys of its input, and describes both sides as JSON Schema', () => {
    const options = { unrepresentable: 'any', io: 'input' } as const;
    const schema = z.toJSONSchema(input, options);
    const shapes = (schema.oneOf ?? [schema]) as { properties: Record<string, unknown>; required?: string[] }[];
    const keys = Array.from(path.matchAll(/\{(\w+)\}/g), ([, key]) => key);
    for (const { required = [] } of shapes) expect(required).toEqual(expect.arrayContaining(keys));
    expect(z.toJSONSchema(output, options)).toBeTypeOf('object');
    expect(JSON.stringify(schema)).not.toContain('"customData":{}');
  });

  it('is a route that the sandbox knows', async () => {
    const sandbox = await startSandbox({ port: 0, users: 0, announce: () => {} });
    try {
      const response = await fetch(sandbox.endpoint + path.replace(/\{\w+\}/g, 'x'), { method });
      expect(response.status).toBe(401);
    } finally {
      await sandbox.close();
    }
  });
});

it('no two operations share a route', () => {
  const routes = rows.map(([, { method, path }]) => `${method} ${path}`);
  expect(new Set(routes).size).toBe(routes.length);
});
