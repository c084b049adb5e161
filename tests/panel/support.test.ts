import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeInBrowser, startBrowser } from '../../packages/trpc-panel/test/browser.js';
import { openTab, startPanelWorld, type Tab, withPanel } from './scene.js';

describeInBrowser('an administrator in the panel', () => {
  const { world, browser } = withPanel();
  let tab: Tab;

  beforeEach(async () => {
    tab = await openTab(browser(), world());
    await tab.signIn('admin');
  });
  afterEach(async () => {
    expect(tab.faults).toEqual([]);
    await tab.close();
  });

  const createUser = async (fields: Record<string, string>): Promise<string> => {
    await tab.open('users.create');
    await tab.fill(fields);
    await tab.call();
    return (await tab.data())['id'] as string;
  };

  it('signs in by PKCE, finds users.list by typing, runs it, pages on, and opens a user', async () => {
    const { page } = tab;
    await page.keyboard.press('/');
    await page.keyboard.type('usr list');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'users.list', exact: true }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('20 items of').waitFor();
    const first = await page.getByRole('row').nth(1).getByRole('link').first().textContent();
    await page.getByRole('button', { name: 'Next page' }).click();
    await expect.poll(() => tab.field('cursor').inputValue()).toBe('2');
    await expect.poll(() => page.getByRole('row').nth(1).getByRole('link').first().textContent()).not.toBe(first);
    const id = await page.getByRole('row').nth(1).getByRole('link').first().textContent();
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByRole('heading', { name: 'users.get', exact: true }).waitFor();
    expect(await tab.field('userId').inputValue()).toBe(id);
    await tab.call();
    expect((await tab.data())['id']).toBe(id);
  });

  it('creates a user, and updates it with a nested profile and custom data', async () => {
    const { page } = tab;
    const id = await createUser({ username: 'panel_made', primaryEmail: 'panel@example.com', name: 'Panel' });
    await page.locator('summary', { hasText: 'use this result in' }).click();
    await page.getByRole('link', { name: 'users.update', exact: true }).click();
    await page.getByRole('heading', { name: 'users.update', exact: true }).waitFor();
    expect(await tab.field('userId').inputValue()).toBe(id);
    await tab.fill({ name: 'Panel Made' });
    await page.getByRole('button', { name: 'primaryEmail: send null' }).click();
    await page.getByRole('button', { name: 'Add profile', exact: true }).click();
    await tab.fill({ 'profile.givenName': 'Panel' });
    await page.getByRole('button', { name: 'Add profile.address' }).click();
    await tab.fill({ 'profile.address.locality': 'Berlin' });
    await page.getByLabel('customData, as JSON').fill('{"plan": {"seats": [1, 2]}}');
    await tab.call();
    expect(await tab.data()).toMatchObject({
      id,
      name: 'Panel Made',
      primaryEmail: null,
      profile: { givenName: 'Panel', address: { locality: 'Berlin' } },
      customData: { plan: { seats: [1, 2] } },
    });
  });

  it('assigns roles', async () => {
    const { page } = tab;
    const role = [...world().sandbox.store.roles.values()].find(({ name }) => name === 'beta tester');
    const userId = await createUser({ username: 'panel_roles' });
    await tab.open('users.roles.assign');
    await tab.fill({ userId });
    await page.getByRole('button', { name: 'item of roleIds' }).click();
    await tab.fill({ 'roleIds.0': role?.id ?? '' });
    await tab.call();
    await page.locator('.status.good').waitFor();
    await tab.open('users.roles.list');
    await tab.fill({ userId });
    await tab.call();
    await page.getByRole('cell', { name: 'beta tester' }).waitFor();
    await page.locator('summary', { hasText: 'use row 1 in' }).click();
    await page.getByRole('link', { name: 'users.roles.remove' }).click();
    await page.getByRole('heading', { name: 'users.roles.remove', exact: true }).waitFor();
    expect(await tab.field('userId').inputValue()).toBe(userId);
    expect(await tab.field('roleId').inputValue()).toBe(role?.id);
  });

  it('makes a TOTP factor, whose QR code is a picture', async () => {
    const { page } = tab;
    const userId = await createUser({ username: 'panel_totp' });
    await tab.open('users.mfaVerifications.create');
    await tab.fill({ userId });
    await tab.call();
    const picture = page.getByRole('img', { name: 'Picture: secretQrCode' });
    await picture.waitFor();
    const shades = () =>
      picture.evaluate((element) => {
        const canvas = element as unknown as {
          width: number;
          height: number;
          getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8Array } };
        };
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return canvas.width > 50 ? [...new Set(data.filter((_, index) => index % 4 === 0))].sort() : [];
      });
    await expect.poll(shades).toEqual([0, 255]);
  });

  it('makes a personal access token', async () => {
    const userId = await createUser({ username: 'panel_token' });
    await tab.open('users.personalAccessTokens.create');
    await tab.fill({ userId, name: 'ci' });
    await tab.call();
    expect((await tab.data())['value']).toMatch(/^pat_/);
  });

  it('deletes a user, and is asked before', async () => {
    const { page } = tab;
    const userId = await createUser({ username: 'panel_gone' });
    await tab.open('users.delete');
    await tab.fill({ userId });
    await tab.call();
    const dialog = page.getByRole('dialog', { name: 'Call users.delete?' });
    await dialog.getByText(userId).waitFor();
    await dialog.getByText('Sandbox').waitFor();
    await dialog.getByRole('button', { name: 'No' }).click();
    expect(world().sandbox.store.users.has(userId)).toBe(true);
    await tab.call();
    await dialog.getByRole('button', { name: 'Yes, call it' }).click();
    await page.locator('.status.good').waitFor();
    expect(world().sandbox.store.users.has(userId)).toBe(false);
  });

  it("sees Logto's 422 at its field, in plain words", async () => {
    const { page } = tab;
    await createUser({ username: 'panel_twice' });
    await tab.open('users.create');
    await tab.fill({ username: 'panel_twice' });
    await tab.call();
    await expect
      .poll(() => page.locator('[id="input.username__errors"]').textContent())
      .toBe('This username is already in use.');
    await page.getByText('Another user has this username.').waitFor();
    await page.getByText('user.username_already_in_use').first().waitFor();
    await page.locator('.status.bad', { hasText: '422' }).waitFor();
  });

  it('the history holds calls without their secrets, and opens them again', async () => {
    const { page } = tab;
    await tab.open('users.create');
    await tab.fill({ username: 'panel_secret', password: 'a-very-secret-password' });
    await tab.call();
    await page.locator('.status.good').waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.locator('.past', { hasText: '"password":"<password>"' }).waitFor();
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }));
    expect(kept).toContain('panel_secret');
    expect(kept).not.toContain('a-very-secret-password');
    await page
      .getByRole('link', { name: /users\.create/ })
      .first()
      .click();
    await expect.poll(() => tab.field('password').inputValue()).toBe('');
    expect(await tab.field('username').inputValue()).toBe('panel_secret');
    expect(page.url()).not.toContain(Buffer.from('a-very-secret-password').toString('base64').slice(0, 12));
  });

  it('code and links of a call name its secrets and do not hold them', async () => {
    const { page } = tab;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await tab.open('users.password.update');
    await tab.fill({ userId: 'ada000000000', password: 'a-very-secret-password' });
    await page.getByText('Code of this call').click();
    const code = page.getByRole('region', { name: 'Input' }).locator('pre');
    const texts = [await code.textContent()];
    await page.getByRole('tab', { name: 'TypeScript' }).click();
    texts.push(await code.textContent());
    await page.getByRole('tab', { name: 'React Query' }).click();
    texts.push(await code.textContent());
    expect(texts[0]).toContain('-H "Authorization: Bearer $TOKEN"');
    expect(texts[1]).toContain(
      "client.users.password.update.mutate({\n  userId: 'ada000000000',\n  password: '<password>',\n});",
    );
    expect(texts[2]).toContain('useMutation(trpc.users.password.update.mutationOptions())');
    await page.getByRole('button', { name: 'Copy link' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const held = [...texts, link].join('\n');
    for (const secret of ['a-very-secret-password', ...tab.tokens]) expect(held).not.toContain(secret);
    const input = new URLSearchParams(link.split('?')[1]).get('input') ?? '';
    expect(JSON.parse(Buffer.from(input, 'base64url').toString())).toEqual({ userId: 'ada000000000' });
  });

  it('the token is in memory alone: in no storage, no address, no attribute', async () => {
    const { page } = tab;
    await tab.open('users.list');
    await tab.call();
    await page.getByRole('table').waitFor();
    expect(tab.tokens.size).toBe(1);
    const [token = ''] = tab.tokens;
    const seen = await page.evaluate(
      () =>
        document.documentElement.outerHTML +
        location.href +
        JSON.stringify({ ...localStorage, ...sessionStorage }) +
        document.cookie,
    );
    expect(seen).not.toContain(token);
    expect(seen).not.toContain(token.split('.')[2]);
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});

describeInBrowser('a caller who may only read', () => {
  it('sees what is not allowed before it is tried, and why when it is', async () => {
    await using world = await startPanelWorld();
    await using browser = await startBrowser();
    const tab = await openTab(browser, world);
    await tab.signIn('reader');
    const { page } = tab;
    await page.getByRole('link', { name: 'delete not allowed: needs users:delete' }).waitFor();
    await tab.open('users.suspension.update');
    await page.getByText('You lack users:write: the server will refuse this call.').waitFor();
    await tab.fill({ userId: 'ada000000000' });
    await tab.field('isSuspended').selectOption('true');
    await tab.call();
    const alert = page.getByRole('region', { name: 'Result' }).getByRole('alert');
    await alert.getByText('You are known, and may not do this.').waitFor();
    await alert.getByText('You lack users:write. Whoever manages your roles can give it to you.').waitFor();
    expect(tab.faults).toEqual([]);
  });
});
