import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { initTRPC, lazy } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Manifest } from '../src/index.js';
import { everything } from './everything.js';
import { type Served, serve } from './serve.js';

const page = fileURLToPath(new URL('../dist/page', import.meta.url));

const manifestOf = async ({ url }: Served): Promise<Manifest> =>
  (await fetch(`${url}/panel/manifest.json`)).json() as Promise<Manifest>;

describe('the files of the panel', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(everything);
  });
  afterAll(() => served[Symbol.asyncDispose]());

  it('are found below the path with a slash, where one without leads', async () => {
    const response = await fetch(`${served.url}/panel?a=b`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, 'panel/?a=b']);
    expect((await fetch(`${served.url}/panel?a=b`)).url).toBe(`${served.url}/panel/?a=b`);
  });

  it('load nothing from elsewhere, and run under a policy without unsafe-inline and unsafe-eval', async () => {
    const response = await fetch(`${served.url}/panel/`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'self'; connect-src 'self';/);
    expect(policy).not.toContain('unsafe');
    const html = await response.text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=|https?:\/\//);
    for (const file of readdirSync(join(page, 'assets')).filter((name) => name.endsWith('.css'))) {
      expect(readFileSync(join(page, 'assets', file), 'utf8')).not.toMatch(/url\(|@import/);
    }
  });

  it('are kept by the browser where their name tells their content, asked for anew where it does not', async () => {
    const html = await (await fetch(`${served.url}/panel/`)).text();
    const [, script = ''] = /src="\.\/(assets\/[^"]+\.js)"/.exec(html) ?? [];
    const cached = async (path: string) => (await fetch(`${served.url}/panel/${path}`)).headers.get('cache-control');
    expect(await cached(script)).toBe('public, max-age=31536000, immutable');
    expect(await cached('')).toBe('no-cache');
    expect(await cached('manifest.json')).toBe('no-store');
  });

  it.each(['/panel/nothing', '/panel/assets/nothing.js', '/panel/..%2fpackage.json', '/panel/%2e%2e/index.js'])(
    '%s is left to who comes next',
    async (path) => {
      expect((await fetch(`${served.url}${path}`)).status).toBe(404);
    },
  );

  it.each(['POST', 'PUT', 'DELETE'])('%s is left to who comes next', async (method) => {
    expect((await fetch(`${served.url}/panel/`, { method })).status).toBe(404);
  });

  it('are at most 250 kB, compressed, without the editor, and the editor comes only when it is needed', () => {
    const assets = readdirSync(join(page, 'assets')).map((name) => ({
      name,
      bytes: gzipSync(readFileSync(join(page, 'assets', name)), { level: 9 }).length,
    }));
    const own = assets.filter(({ name }) => !name.startsWith('code-editor'));
    expect(own.length).toBeLessThan(assets.length);
    expect(own.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(250_000);
    expect(readFileSync(join(page, 'index.html'), 'utf8')).not.toContain('code-editor');
  });

  it('name the licences of what is in them', () => {
    const licences = readFileSync(join(page, 'third-party-licenses.md'), 'utf8');
    for (const name of ['react-dom', '@rjsf/core', '@codemirror/view', 'oauth4webapi'])
      expect(licences).toContain(name);
  });
});

describe('the manifest', () => {
  it('tells of each procedure what is known', async () => {
    await using served = await serve(everything);
    const { procedures, transformer } = await manifestOf(served);
    expect(transformer).toBe('superjson');
    const of = (path: string) => procedures.find((procedure) => procedure.path === path);
    expect(of('odd.old')).toMatchObject({ isDeprecated: true, summary: 'Use outputOnly.' });
    expect(of('odd.admin')).toMatchObject({ permission: 'admin', kind: 'mutation' });
    expect(of('odd.deleteAll')).toMatchObject({ isDestructive: true });
    expect(of('odd.count')).toMatchObject({ kind: 'subscription' });
    expect(of('odd.outputOnly')).toMatchObject({ output: { type: 'object', required: ['version'] } });
    expect(of('odd.outputOnly')).not.toHaveProperty('input');
    expect(of('later.hello')).toBeDefined();
    expect(of('structures.recursive')?.input).toMatchObject({ $ref: '#/definitions/Root' });
    expect(of('typed.bigints')?.input?.properties?.['limit']).toMatchObject({ default: '5', 'x-wire': 'bigint' });
  });

  it('is what describe makes of meta', async () => {
    const t = initTRPC.meta<{ scope: string }>().create();
    const router = t.router({
      users: {
        get: t.procedure
          .meta({ scope: 'read' })
          .input(z.object({ userId: z.string() }))
          .query(() => 1),
      },
    });
    await using served = await serve(router, {
      describe: ({ path, meta }) => ({
        summary: `${path}!`,
        permission: (meta as { scope: string }).scope,
        output: z.number(),
      }),
    });
    expect(await manifestOf(served)).toMatchObject({
      transformer: 'none',
      procedures: [{ path: 'users.get', summary: 'users.get!', permission: 'read', output: { type: 'number' } }],
      links: { 'users.get': [{ from: 'id', to: 'userId' }] },
    });
  });

  it('is kept by a guard from whom it refuses; the page is not', async () => {
    await using served = await serve(everything, {
      guard: (request, response, next) => {
        if (request.headers.authorization === 'Bearer good') return next();
        response.statusCode = 401;
        response.end();
      },
    });
    expect((await fetch(`${served.url}/panel/manifest.json`)).status).toBe(401);
    expect(
      (await fetch(`${served.url}/panel/manifest.json`, { headers: { authorization: 'Bearer good' } })).status,
    ).toBe(200);
    expect((await fetch(`${served.url}/panel/settings.json`)).status).toBe(200);
  });

  it('is made when it is first asked for, and leaves out what cannot be loaded', async () => {
    const t = initTRPC.create();
    let loads = 0;
    const hello = t.router({ hello: t.procedure.query(() => 'hello') });
    const router = t.router({
      hello,
      later: lazy(async () => {
        loads += 1;
        return { default: hello };
      }),
      broken: lazy(async (): Promise<typeof hello> => {
        throw new Error('broken');
      }),
    });
    await using served = await serve(router);
    expect(loads).toBe(0);
    const paths = (await manifestOf(served)).procedures.map(({ path }) => path);
    expect(paths).toEqual(['hello.hello', 'later.hello']);
    await manifestOf(served);
    expect(loads).toBe(1);
  });

  it('says of a transformer that it does not know that input is written as it travels', async () => {
    const rot = (value: unknown) => ({ wrapped: value });
    const t = initTRPC.create({
      transformer: { serialize: rot, deserialize: (value) => (value as { wrapped: unknown }).wrapped },
    });
    await using served = await serve(t.router({ hello: t.procedure.input(z.string()).query(({ input }) => input) }));
    const { transformer, procedures } = await manifestOf(served);
    expect(transformer).toBe('unknown');
    expect(procedures[0]?.noForm).toContain('write the input as it travels');
  });
});
