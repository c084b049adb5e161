import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { describeInBrowser } from './browser.js';
import { everything, plainRouter } from './everything.js';
import { panelOf } from './panel-scene.js';

let page: Page;

describeInBrowser('calls of everything that tRPC has', () => {
  const scene = panelOf(everything, { identity: { procedure: 'odd.whoami' } });
  const { open, field, fill, call, result, called } = scene;
  beforeEach(() => {
    page = scene.page();
  });

  it('results that JSON has no word for are readable', async () => {
    await open('typed.answers');
    await call();
    await page.getByRole('tab', { name: 'Tree' }).waitFor();
    const text = await page.locator('.tree').textContent();
    expect(text).toContain('12345678901234567890n');
    expect(text).toContain('1970-01-01T00:00:00.000Z');
  });

  it('errors in plain words', async () => {
    await open('odd.fails');
    await field('code').selectOption('CONFLICT');
    await call();
    const alert = page.getByRole('region', { name: 'Result' }).getByRole('alert');
    await alert.getByText('asked to fail with CONFLICT', { exact: true }).waitFor();
    await alert.getByText('It contradicts what is there already.').waitFor();
    await page.locator('.status.bad', { hasText: '409' }).waitFor();
  });

  it('a slow call is cancelled', async () => {
    await open('odd.slow');
    await call();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled. A mutation may have been done all the same.').waitFor();
  });

  it('a subscription tells its values, and ends', async () => {
    await open('odd.count');
    await fill({ to: '3' });
    await call();
    await page.getByText('The subscription has ended.').waitFor();
    expect(await page.getByRole('region', { name: 'Result' }).locator('.tree').count()).toBe(3);
  });

  it('what is dangerous in a result is text', async () => {
    await open('odd.danger');
    await call();
    await page.getByText('onerror').first().waitFor();
    expect(await page.locator('main img, main a[href^="javascript:"], main svg').count()).toBe(0);
    expect(await page.evaluate(() => 'wasRun' in globalThis)).toBe(false);
  });

  it('a list is a table; pages follow; an item is opened where it is an input', async () => {
    await open('odd.items');
    await call();
    await page.getByRole('cell', { name: 'item-0' }).waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByRole('cell', { name: 'item-2' }).waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByRole('cell', { name: 'item-4' }).waitFor();
    expect(await page.getByRole('button', { name: 'Next page' }).count()).toBe(0);
  });

  it('what destroys asks first', async () => {
    await open('odd.deleteAll');
    await call();
    await page.getByRole('dialog').getByRole('button', { name: 'No' }).click();
    await page.getByText('The result will be here.').waitFor();
    await call();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, call it' }).click();
    expect(await result()).toBe('gone');
  });

  it('calls in a batch go in one request', async () => {
    const urls: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/trpc/')) urls.push(request.url());
    });
    await open('later.hello');
    await fill({ name: 'a' });
    await page.getByRole('button', { name: 'Add to batch' }).click();
    await fill({ name: 'b' });
    await page.getByRole('button', { name: 'Add to batch' }).click();
    await page.getByRole('link', { name: 'Batch of 2' }).click();
    await page.getByRole('button', { name: 'Call all 2' }).click();
    await page.getByText('in a batch of 2').first().waitFor();
    expect(await page.locator('.batch pre, .batch .raw').allTextContents()).toEqual(['"hello a"', '"hello b"']);
    expect(urls.filter((url) => url.includes('later.hello'))).toHaveLength(1);
  });

  it('who calls is shown, and what that one may not is marked', async () => {
    await open('odd.admin');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Access token').fill('any-token');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('dialog').getByText('Tester').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('You lack admin: the server will refuse this call.').waitFor();
    await page.getByRole('link', { name: /admin not allowed: needs admin/ }).waitFor();
  });

  it('headers go with calls, can be switched off, and stay over a reload where that is wanted', async () => {
    const sent: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/trpc/odd.outputOnly')) sent.push(request.headers()['x-tenant']);
    });
    await open('odd.outputOnly');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: '+ header' }).click();
    await page.getByLabel('Name of header 1').fill('x-tenant');
    await page.getByLabel('Value of header 1').fill('acme');
    await page.getByLabel('Keep token and headers').check();
    await page.keyboard.press('Escape');
    await called();
    await page.reload();
    await page.getByRole('heading', { name: 'odd.outputOnly', exact: true }).waitFor();
    await called();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Send header 1').uncheck();
    await page.keyboard.press('Escape');
    await called();
    expect(sent).toEqual(['acme', 'acme', undefined]);
  });
});

describeInBrowser('calls of a router without a transformer', () => {
  const scene = panelOf(plainRouter);
  const { open, fill, call } = scene;
  beforeEach(() => {
    page = scene.page();
  });

  it('calls, and says of a date that plain JSON cannot carry it', async () => {
    await open('hello');
    await fill({ name: 'you' });
    await call();
    await page.getByText('"hello you"').waitFor();
    await open('date');
    await page.getByText('It takes a date, which plain JSON cannot carry').waitFor();
    await open('coerced');
    await fill({ at: '2026-01-31T00:00:00Z' });
    await call();
    await page.getByText('"2026-01-31T00:00:00.000Z"').waitFor();
  });
});
