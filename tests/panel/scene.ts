import { SEED_PASSWORD } from '@users-bff/logto-sandbox';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startBrowser } from '../../packages/trpc-panel/test/browser.js';
import { startWorld, type World } from '../world.js';

/** A BFF with its panel, in front of the sandbox. */
export const startPanelWorld = (environment: Record<string, string> = {}): Promise<World> =>
  startWorld({
    sandbox: { users: 60 },
    environment: { PANEL: 'true', PANEL_CLIENT_ID: 'frontend', PANEL_NOTICE: 'Sandbox', ...environment },
  });

/** The world and the browser of the tests of a `describe`. */
export const withPanel = (): { world(): World; browser(): Browser } => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    world = await startPanelWorld();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  return { world: () => world, browser: () => browser };
};

/** A tab in which the panel is open. */
export interface Tab {
  readonly page: Page;
  /** What went wrong in the page; policies that were broken too. */
  readonly faults: string[];
  /** Access tokens that went with calls. */
  readonly tokens: Set<string>;
  signIn(account: string): Promise<void>;
  open(path: string): Promise<void>;
  field(name: string): Locator;
  fill(fields: Record<string, string>): Promise<void>;
  call(): Promise<void>;
  /** The data of the result, as it travelled. */
  data(): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Opens the panel in a tab of its own. */
export const openTab = async (browser: Browser, world: World, options: BrowserContextOptions = {}): Promise<Tab> => {
  const context = await browser.newContext({ viewport: { width: 1_360, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const tokens = new Set<string>();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // Refused calls are told by the page itself.
    if (message.type() === 'error' && !/the server responded with a status of 4/.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    const [, token] = /^Bearer (.+)$/.exec(request.headers()['authorization'] ?? '') ?? [];
    if (token !== undefined) tokens.add(token);
  });
  const field = (name: string) => page.locator(`[id="input.${name}"]`);
  const region = page.getByRole('region', { name: 'Result' });
  await page.goto(`${world.server.url}/panel/`);
  return {
    page,
    faults,
    tokens,
    field,
    signIn: async (account) => {
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByLabel('Username or e-mail').fill(account);
      await page.getByLabel('Password').fill(SEED_PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: /permission/ }).waitFor();
    },
    open: async (path) => {
      await page.goto(`${world.server.url}/panel/#/${path}`);
      await page.getByRole('heading', { name: path, exact: true }).waitFor();
    },
    fill: async (fields) => {
      for (const [name, value] of Object.entries(fields)) await field(name).fill(value);
    },
    call: () => page.getByRole('button', { name: 'Call', exact: true }).click(),
    data: async () => {
      await region.getByRole('tab', { name: 'Raw' }).click();
      const raw = JSON.parse((await region.locator('pre').textContent()) ?? '');
      await region.getByRole('tab', { name: 'Tree' }).click();
      return raw.result.data;
    },
    close: () => context.close(),
  };
};
