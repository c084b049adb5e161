import type { AnyRouter } from '@trpc/server';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { TrpcPanelOptions } from '../src/index.js';
import { startBrowser } from './browser.js';
import { type Served, serve } from './serve.js';

/** The panel of a router in a browser: a new tab for each test, which fails where the page complains. */
export interface PanelScene {
  page(): Page;
  open(path: string): Promise<void>;
  field(name: string): Locator;
  fill(fields: Record<string, string>): Promise<void>;
  call(): Promise<void>;
  /** What travelled back. */
  result(): Promise<unknown>;
  /** Calls, and tells what travelled back. */
  called(): Promise<unknown>;
}

/** Serves a router and its panel for the tests of a `describe`. */
export const panelOf = (router: AnyRouter, options: Partial<TrpcPanelOptions> = {}): PanelScene => {
  let browser: Browser;
  let served: Served;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    served = await serve(router, options);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    faults.length = 0;
    page = await (await browser.newContext({ viewport: { width: 1_300, height: 900 } })).newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // Refused calls are told by the page itself.
      const isExpected = /status of [45]\d\d/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !isExpected) faults.push(message.text());
    });
    return async () => {
      await page.context().close();
      expect(faults).toEqual([]);
    };
  });

  const scene: PanelScene = {
    page: () => page,
    open: async (path) => {
      await page.goto(`${served.url}/panel/#/${path}`);
      await page.getByRole('heading', { name: path, exact: true }).waitFor();
    },
    field: (name) => page.locator(`[id="input.${name}"]`),
    fill: async (fields) => {
      for (const [name, value] of Object.entries(fields)) await scene.field(name).fill(value);
    },
    call: () => page.getByRole('button', { name: 'Call', exact: true }).click(),
    result: async () => {
      await page.getByRole('tab', { name: 'Raw' }).click();
      const text = await page.getByRole('region', { name: 'Result' }).locator('pre').textContent();
      return JSON.parse(text ?? '').result.data.json;
    },
    called: async () => {
      await scene.call();
      return scene.result();
    },
  };
  return scene;
};
