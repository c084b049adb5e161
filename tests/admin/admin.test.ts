import { SEED_PASSWORD } from '@users-bff/logto-sandbox';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeInBrowser, startBrowser } from '../../packages/trpc-panel/test/browser.js';
import { startWorld, type World } from '../world.js';
import { type ServedAdmin, serveAdmin } from './serve-admin.js';

describeInBrowser('the example of an admin frontend', () => {
  let world: World;
  let admin: ServedAdmin;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    // Tokens end while somebody works.
    world = await startWorld({
      sandbox: { users: 60, accessTokenTtlSeconds: 4 },
      environment: { AUTH_CLOCK_TOLERANCE_S: '0' },
    });
    admin = await serveAdmin(world);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await admin?.close();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    admin.isAway = false;
    page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(15_000);
  });
  afterEach(() => page.context().close());

  const signIn = async (account: string) => {
    await page.goto(admin.url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Username or e-mail').fill(account);
    await page.getByLabel('Password').fill(SEED_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/users$/).waitFor();
  };
  const section = (name: string) => page.getByRole('region', { name });
  const userNamed = (name: string) => [...world.sandbox.store.users.values()].find((user) => user.username === name);

  it('goes the whole round, from sign-in to delete', async () => {
    await signIn('admin');
    await page.getByText('60 users').waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(41);
    await page.getByLabel('Search').fill('ada_am');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('1 user').waitFor();

    await page.getByText('New user').click();
    await page.getByLabel('Username').fill('ada_amsel');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('This username is already in use.').first().waitFor();
    await page.getByLabel('Username').fill('round_trip');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Round Trip');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Round Trip' }).waitFor();

    await page.getByRole('button', { name: 'Suspend' }).click();
    await page.getByRole('button', { name: 'Lift suspension' }).waitFor();
    await expect.poll(() => userNamed('round_trip')?.isSuspended).toBe(true);

    await section('Profile').getByLabel('Given name').fill('Round');
    await section('Profile').getByRole('button', { name: 'Save' }).click();
    await section('Profile').getByText('Saved.').waitFor();
    expect(userNamed('round_trip')?.profile).toMatchObject({ givenName: 'Round' });

    await page.getByLabel('New password').fill('a-new-password');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByText('The password is set.').waitFor();

    const role = [...world.sandbox.store.roles.values()].find(({ name }) => name === 'beta tester');
    await section('Roles')
      .getByLabel('Id of a role')
      .fill(role?.id ?? '');
    await section('Roles').getByRole('button', { name: 'Assign' }).click();
    await section('Roles').getByRole('button', { name: 'Remove beta tester' }).click();
    await section('Roles').getByText('No roles.').waitFor();

    await section('Second factors').getByRole('button', { name: 'New authenticator' }).click();
    await section('Second factors')
      .getByRole('img', { name: /QR code/ })
      .waitFor();
    await section('Second factors').getByRole('button', { name: 'Remove Totp' }).click();
    await section('Second factors').getByText('No second factors.').waitFor();

    await section('Personal access tokens').getByLabel('Name of a new token').fill('ci');
    await section('Personal access tokens').getByRole('button', { name: 'Make token' }).click();
    await section('Personal access tokens').getByText('Shown this once').waitFor();
    await section('Personal access tokens').getByRole('button', { name: 'Delete ci' }).click();

    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Yes, delete' }).click();
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    await expect.poll(() => userNamed('round_trip')).toBeUndefined();
  });

  it('shows nothing to a reader that a reader may not do', async () => {
    await signIn('reader');
    expect(await page.getByText('New user').count()).toBe(0);
    await page.goto(`${admin.url}/#/users/ada000000000`);
    await section('Profile').getByText('ada_amsel').waitFor();
    await section('Second factors').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.locator('main button').allTextContents()).toEqual([]);
    expect(await page.locator('main input').count()).toBe(0);
  });

  it('renews an expired token without the person noticing', async () => {
    await signIn('admin');
    await page.goto(`${admin.url}/#/users/ada000000000`);
    await page.getByRole('heading', { name: 'Ada Amsel' }).waitFor();
    await page.waitForTimeout(5_000);
    await section('Profile').getByLabel('Given name').fill('Still Ada');
    await section('Profile').getByRole('button', { name: 'Save' }).click();
    await section('Profile').getByText('Saved.').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('takes back what was shown too early', async () => {
    await signIn('admin');
    await page.goto(`${admin.url}/#/users/bela00000001`);
    await page.getByRole('heading', { name: /Bela/ }).waitFor();
    admin.isAway = true;
    await page.getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('The server cannot be reached.', { exact: true }).waitFor();
    admin.isAway = false;
    await page.getByRole('button', { name: 'Suspend' }).waitFor();
    expect(world.sandbox.store.users.get('bela00000001')?.isSuspended).toBe(false);
  });

  it('says that the server is away for five seconds, and goes on when it is back', async () => {
    await signIn('admin');
    admin.isAway = true;
    await page.goto(`${admin.url}/#/users/chid00000002`);
    await page.getByText('The server cannot be reached. Trying again…').waitFor();
    await page.waitForTimeout(5_000);
    admin.isAway = false;
    await page.getByRole('heading', { name: /Chidi/ }).waitFor();
    await expect.poll(() => page.getByText('Trying again…').count()).toBe(0);
  });
});
