import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { describeInBrowser, startBrowser } from '../../packages/trpc-panel/test/browser.js';
import type { World } from '../world.js';
import { openTab, startPanelWorld, type Tab } from './scene.js';

const folder = fileURLToPath(new URL('../../docs/panel', import.meta.url));

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const;

type Look = keyof typeof LOOKS;

const list = async (tab: Tab): Promise<void> => {
  await tab.open('users.list');
  await tab.fill({ pageSize: '12' });
  await tab.call();
  await tab.page.getByRole('table').waitFor();
};

/** A user has one such factor: another picture takes another user. */
const factor =
  (userId: string) =>
  async (tab: Tab): Promise<void> => {
    await tab.open('users.mfaVerifications.create');
    await tab.fill({ userId });
    await tab.call();
    await tab.page.getByRole('img').waitFor();
  };

const conflict = async (tab: Tab): Promise<void> => {
  await tab.open('users.create');
  await tab.fill({ username: 'ada_amsel', primaryEmail: 'ada@example.org', name: 'Ada' });
  await tab.call();
  await tab.page.getByRole('alert').first().waitFor();
};

const views: [name: string, account: string, look: Look, go: (tab: Tab) => Promise<unknown>][] = [
  ['list-light', 'admin', 'light', list],
  ['list-dark', 'admin', 'dark', list],
  ['list-narrow', 'admin', 'narrow', list],
  ['factor-light', 'admin', 'light', factor('bela00000001')],
  ['factor-dark', 'admin', 'dark', factor('chid00000002')],
  ['conflict-light', 'admin', 'light', conflict],
  ['conflict-narrow', 'admin', 'narrow', conflict],
  [
    'refusal-light',
    'reader',
    'light',
    async (tab) => {
      await tab.open('users.suspension.update');
      await tab.fill({ userId: 'ada000000000' });
      await tab.field('isSuspended').selectOption('true');
      await tab.call();
      await tab.page.getByRole('alert').waitFor();
    },
  ],
  [
    'user-dark',
    'admin',
    'dark',
    async (tab) => {
      await tab.open('users.get');
      await tab.fill({ userId: 'ada000000000' });
      await tab.call();
      await tab.page.locator('.status').waitFor();
      await tab.page.getByText('Code of this call').click();
      await tab.page.getByRole('tab', { name: 'TypeScript' }).click();
    },
  ],
  [
    'update-light',
    'admin',
    'light',
    async (tab) => {
      await tab.open('users.update');
      await tab.page.getByRole('button', { name: 'Add profile', exact: true }).click();
      await tab.page.getByLabel('customData, as JSON').fill('{\n  "plan": "team",\n  "seats": 12\n}');
      await tab.page.getByRole('button', { name: 'primaryPhone: send null' }).click();
      await tab.fill({ userId: 'ada000000000', name: 'Ada Amsel', 'profile.locale': 'de-DE' });
    },
  ],
  ['who-light', 'admin', 'light', ({ page }) => page.getByRole('button', { name: /permission/ }).click()],
  [
    'delete-dark',
    'admin',
    'dark',
    async (tab) => {
      await tab.open('users.delete');
      await tab.fill({ userId: 'ada000000000' });
      await tab.call();
    },
  ],
  [
    'list-of-procedures-narrow',
    'admin',
    'narrow',
    ({ page }) => page.getByRole('button', { name: 'Procedures' }).click(),
  ],
];

describeInBrowser('a picture', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    world = await startPanelWorld({ PANEL_NOTICE: 'Sandbox: invented users, in memory' });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  it.each(views)('%s', async (name, account, look, go) => {
    const tab = await openTab(browser, world, LOOKS[look]);
    await tab.signIn(account);
    await go(tab);
    // The editor comes by itself.
    await tab.page.waitForLoadState('networkidle');
    if (!name.startsWith('update')) await tab.page.evaluate(() => scrollTo(0, 0));
    await tab.page.screenshot({ path: `${folder}/${name}.png` });
    await tab.close();
  });
});
