import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../world.js';
import { startPanelWorld } from './scene.js';

const status = async (world: World, path: string, token?: string): Promise<number> => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${world.server.url}${path}`, { headers, redirect: 'manual' });
  await response.arrayBuffer();
  return response.status;
};

describe('the panel in production', () => {
  let world: World;
  beforeAll(async () => {
    world = await startPanelWorld({ NODE_ENV: 'production' });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(['/panel/', '/panel/settings.json'])('%s is what one needs to sign in', async (path) => {
    expect(await status(world, path)).toBe(200);
  });

  it('the manifest is for those who are known and hold panel:use', async () => {
    expect(await status(world, '/panel/manifest.json')).toBe(401);
    expect(await status(world, '/panel/manifest.json', 'forged')).toBe(401);
    expect(await status(world, '/panel/manifest.json', await world.token('users:read', 'users:credentials'))).toBe(403);
    expect(await status(world, '/panel/manifest.json', await world.token('panel:use'))).toBe(200);
  });

  it.each([
    '/panel/manifest.json/',
    '/panel//manifest.json',
    '/panel/./manifest.json',
    '/panel/%6danifest.json',
    '/PANEL/manifest.json',
    '/panel/../panel/manifest.json',
  ])('%s shows nothing more', async (path) => {
    const response = await fetch(`${world.server.url}${path}`);
    expect(await response.text()).not.toContain('users.list');
  });

  it('what everybody may see says nothing of the procedures', async () => {
    for (const path of ['/panel/', '/panel/settings.json']) {
      const text = await (await fetch(`${world.server.url}${path}`)).text();
      expect(text).not.toContain('users.list');
      expect(text).not.toContain(world.upstream.appSecret);
    }
  });

  it('says at the top that this is production', async () => {
    const settings = await (await fetch(`${world.server.url}/panel/settings.json`)).json();
    expect(settings).toMatchObject({
      notice: { tone: 'danger', text: `Sandbox · ${new URL(world.upstream.endpoint).host}` },
    });
  });

  it('holding panel:use alone calls nothing but whoami', async () => {
    const headers = { authorization: `Bearer ${await world.token('panel:use')}` };
    expect(
      (await fetch(`${world.url}/users.list`, { headers: { ...headers, 'content-type': 'application/json' } })).status,
    ).toBe(403);
    expect(
      (await fetch(`${world.url}/session.whoami`, { headers: { ...headers, 'content-type': 'application/json' } }))
        .status,
    ).toBe(200);
  });

  it('lets no other page frame it, and runs nothing but its own', async () => {
    const { headers } = await fetch(`${world.server.url}/panel/`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:|blob:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('without PANEL', () => {
  it.each(['production', 'test'])('there is none in %s', async (environment) => {
    await using world = await startWorld({ environment: { NODE_ENV: environment } });
    const token = await world.token('panel:use');
    for (const path of ['/panel', '/panel/', '/panel/settings.json', '/panel/manifest.json']) {
      expect(await status(world, path)).toBe(401);
      expect(await status(world, path, token)).toBe(404);
    }
  });

  it('there is one in development on this machine, open to whoever works there', async () => {
    await using world = await startWorld({ environment: { NODE_ENV: 'development' } });
    expect(await status(world, '/panel/manifest.json')).toBe(200);
    const manifest = await (await fetch(`${world.server.url}/panel/manifest.json`)).json();
    expect(manifest.procedures).toHaveLength(28);
  });
});
