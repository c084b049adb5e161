import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { describeInBrowser } from '../../packages/trpc-panel/test/browser.js';
import { openTab, type Tab, withPanel } from './scene.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong with what is shown. */
const violations = async ({ page }: Tab): Promise<string[]> => {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    const found = await checker.run();
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
};

const views: [name: string, go: (tab: Tab) => Promise<unknown>][] = [
  ['the beginning', async ({ page }) => page.getByRole('heading', { name: 'Logto Users BFF' }).waitFor()],
  [
    'who calls',
    async ({ page }) => {
      await page.getByRole('button', { name: /permission/ }).click();
      await page.getByRole('button', { name: '+ header' }).click();
    },
  ],
  [
    'a list',
    async (tab) => {
      await tab.open('users.list');
      await tab.call();
      await tab.page.getByRole('table').waitFor();
    },
  ],
  [
    'a long form with faults',
    async (tab) => {
      await tab.open('users.create');
      await tab.page.getByRole('button', { name: 'Add profile', exact: true }).click();
      await tab.fill({ username: '1 is wrong', primaryEmail: 'x' });
      await tab.call();
      await tab.page.getByRole('alert').waitFor();
    },
  ],
  [
    'a union, and JSON',
    async (tab) => {
      await tab.open('users.mfaVerifications.create');
      await tab.page.getByRole('tab', { name: 'JSON' }).click();
      await tab.page.getByLabel('Input as JSON').waitFor();
    },
  ],
  [
    'a refusal',
    async (tab) => {
      await tab.open('users.get');
      await tab.fill({ userId: 'nobody' });
      await tab.call();
      await tab.page.getByRole('alert').waitFor();
    },
  ],
  [
    'a tree, code and the shape of the answer',
    async (tab) => {
      await tab.open('users.get');
      await tab.fill({ userId: 'ada000000000' });
      await tab.call();
      await tab.page.locator('.status.good').waitFor();
      await tab.page.getByText('Code of this call').click();
      await tab.page.getByText('What it answers').click();
      await tab.page.locator('summary', { hasText: 'use this result in' }).click();
    },
  ],
  [
    'a question before something is destroyed',
    async (tab) => {
      await tab.open('users.delete');
      await tab.fill({ userId: 'nobody' });
      await tab.call();
      await tab.page.getByRole('dialog').waitFor();
    },
  ],
  [
    'a batch and the history',
    async (tab) => {
      await tab.open('session.whoami');
      await tab.page.getByRole('button', { name: 'Add to batch' }).click();
      await tab.call();
      await tab.page.locator('.status.good').waitFor();
      await tab.page.getByRole('tab', { name: 'History' }).click();
      await tab.page.getByRole('link', { name: 'Batch of 1' }).click();
    },
  ],
];

describeInBrowser('axe-core finds nothing wrong with', () => {
  const { world, browser } = withPanel();

  describe.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 390, height: 800 } }],
  ] as const)('%s:', (look, options) => {
    it.each(views)('%s', async (_, go) => {
      const tab = await openTab(browser(), world(), options);
      await tab.signIn('admin');
      // The list is behind a button there.
      if (look === 'narrow') await tab.page.getByRole('button', { name: 'Procedures' }).click();
      await go(tab);
      expect(await violations(tab)).toEqual([]);
      // Nothing makes the page scroll sideways.
      expect(await tab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(tab.faults).toEqual([]);
      await tab.close();
    });
  });

  it('everything is done by keyboard alone', async () => {
    const tab = await openTab(browser(), world());
    await tab.signIn('admin');
    const { page } = tab;
    const { keyboard } = page;
    await keyboard.press('Control+k');
    await keyboard.type('users.get');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'users.get', exact: true }).waitFor();
    for (let steps = 0; steps < 60; steps += 1) {
      if (await tab.field('userId').evaluate((element) => element === document.activeElement)) break;
      await keyboard.press('Tab');
    }
    await keyboard.type('ada000000000');
    await keyboard.press('Enter');
    await page.locator('.status.good').waitFor();
    await page.getByRole('region', { name: 'Result' }).getByRole('tab', { name: 'Tree' }).focus();
    await keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { name: 'Raw' }).getAttribute('aria-selected')).toBe('true');
    await tab.close();
  });
});
