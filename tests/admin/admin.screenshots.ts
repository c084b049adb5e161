import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SEED_PASSWORD } from '@users-bff/logto-sandbox';
import { it } from 'vitest';
import { describeInBrowser, startBrowser } from '../../packages/trpc-panel/test/browser.js';
import { startWorld } from '../world.js';
import { serveAdmin } from './serve-admin.js';

const folder = fileURLToPath(new URL('../../docs/admin', import.meta.url));

describeInBrowser('pictures of the admin example', () => {
  it.each([
    ['users-light', 'admin', '', { colorScheme: 'light' }],
    ['user-light', 'admin', '#/users/ada000000000', { colorScheme: 'light' }],
    ['user-dark', 'admin', '#/users/ada000000000', { colorScheme: 'dark' }],
    ['reader-light', 'reader', '#/users/ada000000000', { colorScheme: 'light' }],
    ['user-narrow', 'admin', '#/users/ada000000000', { viewport: { width: 390, height: 844 } }],
  ] as const)('%s', async (name, account, hash, options) => {
    mkdirSync(folder, { recursive: true });
    await using world = await startWorld({ sandbox: { users: 60 } });
    const admin = await serveAdmin(world);
    await using browser = await startBrowser();
    const page = await (await browser.newContext({ viewport: { width: 1_200, height: 900 }, ...options })).newPage();
    await page.goto(`${admin.url}/${hash}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Username or e-mail').fill(account);
    await page.getByLabel('Password').fill(SEED_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: hash === '' ? 'Users' : 'Ada Amsel' }).waitFor();
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
    await admin.close();
  });
});
