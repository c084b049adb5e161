import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { describeInBrowser } from './browser.js';
import { everything } from './everything.js';
import { panelOf } from './panel-scene.js';

let page: Page;

describeInBrowser('inputs of everything that zod 4 has', () => {
  const scene = panelOf(everything);
  const { open, field, fill, call, called } = scene;
  beforeEach(() => {
    page = scene.page();
  });

  it('texts, with what they must be beside their field', async () => {
    await open('scalars.text');
    await page.getByText('two to five letters').waitFor();
    await page.getByText('an e-mail address').waitFor();
    await page.getByText('matches ^[A-Z]{3}$').waitFor();
    await fill({ plain: 'a', short: 'abc', email: 'a@example.com', day: '2026-01-31', code: 'ABC', pattern: 'v1' });
    expect(await called()).toEqual({
      plain: 'a',
      short: 'abc',
      email: 'a@example.com',
      day: '2026-01-31',
      code: 'ABC',
      pattern: 'v1',
    });
  });

  it('says what is wrong before it sends, at the field', async () => {
    await open('scalars.text');
    let requests = 0;
    page.on('request', (request) => {
      if (request.url().includes('/trpc/scalars')) requests += 1;
    });
    await fill({ short: 'a', email: 'nobody', code: 'abc' });
    await call();
    await expect.poll(() => page.locator('[id="input.plain__errors"]').textContent()).toBe('is needed');
    expect(await page.locator('[id="input.short__errors"]').textContent()).toBe('must have at least 2 characters');
    expect(await page.locator('[id="input.email__errors"]').textContent()).toBe('must be an e-mail address');
    expect(await page.locator('[id="input.code__errors"]').textContent()).toBe('must match ^[A-Z]{3}$');
    expect(await field('plain').evaluate((element) => element === document.activeElement)).toBe(true);
    expect(requests).toBe(0);
    await fill({ short: 'abc' });
    await expect.poll(() => page.locator('[id="input.short__errors"]').count()).toBe(0);
  });

  it('sends without checking where that is wanted, and shows what the server says at the field', async () => {
    await open('scalars.text');
    await page.getByLabel('check first').uncheck();
    await fill({ plain: 'a', short: 'abcdefg' });
    await call();
    await expect
      .poll(() => page.locator('[id="input.short__errors"]').textContent())
      .toBe('Too big: expected string to have <=5 characters');
  });

  it('numbers, with defaults', async () => {
    await open('scalars.numbers');
    await fill({ any: '1.5', step: '2.5' });
    await page.getByRole('button', { name: 'negative: send null' }).click();
    expect(await called()).toEqual({ any: 1.5, whole: 3, step: 2.5, negative: null });
    await fill({ any: '-0.25', whole: '11', negative: '-1e3' });
    await call();
    await expect.poll(() => page.locator('[id="input.whole__errors"]').textContent()).toBe('must be at most 10');
    await fill({ whole: '10' });
    expect(await called()).toEqual({ any: -0.25, whole: 10, step: 2.5, negative: -1000 });
  });

  it('choices of texts, numbers and booleans', async () => {
    await open('scalars.choices');
    await field('flag').selectOption('false');
    await field('maybe').selectOption('null');
    await field('size').selectOption('3');
    await field('level').selectOption('2');
    expect(await called()).toEqual({ flag: false, maybe: null, colour: 'green', size: 3, only: 'this', level: 2 });
  });

  it('not sent, null and the empty text are three things', async () => {
    await open('scalars.states');
    await page.getByRole('button', { name: 'nullable: send null' }).click();
    expect(await called()).toEqual({ nullable: null });
    await page.getByRole('button', { name: 'optional: send the empty text' }).click();
    await page.getByRole('button', { name: 'empty: send the empty text' }).click();
    await page.getByRole('button', { name: 'nullish: send null' }).click();
    await fill({ nullable: 'x' });
    expect(await called()).toEqual({ optional: '', nullable: 'x', nullish: null, empty: '' });
    await page.getByRole('button', { name: 'nullish: send null' }).click();
    await page.getByRole('button', { name: 'optional: send the empty text' }).click();
    expect(await called()).toEqual({ nullable: 'x', empty: '' });
  });

  it('an input that is no object', async () => {
    await open('scalars.bare');
    await page.locator('[id="input"]').fill('world');
    expect(await called()).toBe('hello world');
  });

  it('objects in objects: an optional one is sent only when it is added, and is then checked', async () => {
    await open('structures.nested');
    await fill({ name: 'n' });
    expect(await called()).toEqual({ name: 'n', people: [] });
    await page.getByRole('button', { name: 'Add address' }).click();
    await call();
    await expect.poll(() => page.locator('[id="input.address.street__errors"]').textContent()).toBe('is needed');
    await fill({ 'address.street': 's' });
    await page.getByRole('button', { name: 'Add tags' }).click();
    await page.getByRole('button', { name: 'item of tags' }).click();
    await fill({ 'tags.0': 'one' });
    await page.getByRole('button', { name: 'item of people' }).click();
    await fill({ 'people.0.name': 'p', 'people.0.age': '5' });
    expect(await called()).toEqual({
      name: 'n',
      address: { street: 's' },
      tags: ['one'],
      people: [{ name: 'p', age: 5 }],
    });
    await page.getByRole('button', { name: 'Do not send address' }).click();
    expect(await called()).toEqual({ name: 'n', tags: ['one'], people: [{ name: 'p', age: 5 }] });
  });

  it('the order of a list changes, and items go', async () => {
    await open('structures.nested');
    await fill({ name: 'n' });
    await page.getByRole('button', { name: 'Add tags' }).click();
    for (const [index, tag] of ['a', 'b', 'c'].entries()) {
      await page.getByRole('button', { name: 'item of tags' }).click();
      await fill({ [`tags.${index}`]: tag });
    }
    await page.getByRole('button', { name: 'Move tags.2 up' }).click();
    await page.getByRole('button', { name: 'Remove tags.0' }).click();
    expect(await called()).toEqual({ name: 'n', tags: ['c', 'b'], people: [] });
  });

  it('tuples', async () => {
    await open('structures.tuples');
    await fill({ 'pair.0': 'a', 'pair.1': '1' });
    expect(await called()).toEqual({ pair: ['a', 1] });
  });

  it('records, with names that are free and names that are not', async () => {
    await open('structures.records');
    await page.getByRole('button', { name: 'entry of counts' }).click();
    await page.getByLabel(/^Name of counts/).fill('apples');
    await page.getByLabel(/^Name of counts/).press('Tab');
    await fill({ 'counts.apples': '3', 'fixed.a': 'A', 'fixed.b': 'B' });
    expect(await called()).toEqual({ counts: { apples: 3 }, fixed: { a: 'A', b: 'B' } });
  });

  it('unions: one chooses which', async () => {
    await open('structures.unions');
    await page.locator('[id="input.value__kind"]').selectOption('number');
    await fill({ value: '5' });
    await page.locator('[id="input.shape__kind"]').selectOption('type: square');
    await fill({ 'shape.side': '2' });
    await page.locator('[id="input.none__kind"]').selectOption('null');
    expect(await called()).toEqual({ value: 5, shape: { type: 'square', side: 2 }, none: null });
    await page.locator('[id="input.value__kind"]').selectOption('list of text');
    await page.getByRole('button', { name: 'item of value' }).click();
    await fill({ 'value.0': 'x' });
    expect(await called()).toEqual({ value: ['x'], shape: { type: 'square', side: 2 }, none: null });
  });

  it('a discriminated union as the whole input keeps what both kinds have', async () => {
    await open('structures.shape');
    await fill({ label: 'l', radius: '1' });
    expect(await called()).toEqual({ type: 'circle', label: 'l', radius: 1 });
    await page.locator('[id="input__kind"]').selectOption('type: square');
    await fill({ side: '4' });
    expect(await called()).toEqual({ type: 'square', label: 'l', side: 4 });
  });

  it('a type that has itself inside', async () => {
    await open('structures.recursive');
    await fill({ name: 'root' });
    await page.getByRole('button', { name: 'Add children' }).click();
    await page.getByRole('button', { name: 'item of children', exact: false }).click();
    await fill({ 'children.0.name': 'leaf' });
    expect(await called()).toEqual({ name: 'root', children: [{ name: 'leaf' }] });
  });

  it('intersections, and inputs of a chain', async () => {
    await open('structures.both');
    await fill({ a: 'x', b: '1' });
    expect(await called()).toEqual({ a: 'x', b: 1 });
    await open('odd.chained');
    await fill({ tenant: 't', user: 'u' });
    expect(await called()).toEqual({ tenant: 't', user: 'u' });
  });

  it('any JSON is written as such', async () => {
    await open('structures.json');
    await page.getByLabel('anything, as JSON').fill('{"deep": [1, null]}');
    expect(await called()).toEqual({ anything: { deep: [1, null] } });
    await page.getByLabel('anything, as JSON').fill('{"deep": ');
    await call();
    await expect.poll(() => page.locator('.errors.summary').textContent()).toContain('JSON');
  });

  it("a check by code is the server's, and shows at its field", async () => {
    await open('structures.refined');
    await fill({ from: '2', to: '1' });
    await call();
    await expect.poll(() => page.locator('[id="input.to__errors"]').textContent()).toBe('must not be before from');
  });

  it('dates, bigints, sets and maps arrive as what they are', async () => {
    await open('typed.dates');
    await fill({ at: '2026-01-31T12:00:00Z', coerced: '2026-02-01T00:00:00Z' });
    expect(await called()).toEqual({ at: 'Date 2026-01-31T12:00:00.000Z', coerced: 'Date 2026-02-01T00:00:00.000Z' });
    await open('typed.bigints');
    await fill({ amount: '12345678901234567890' });
    expect(await called()).toEqual({ amount: 'bigint 12345678901234567890', limit: 'bigint 5' });
    await open('typed.collections');
    await page.getByRole('button', { name: 'item of ids' }).click();
    await fill({ 'ids.0': '7' });
    await page.getByRole('button', { name: 'item of scores' }).click();
    await fill({ 'scores.0.0': 'a', 'scores.0.1': '2026-01-01T00:00:00Z' });
    expect(await called()).toEqual({
      ids: { Set: ['bigint 7'] },
      scores: { Map: [['a', 'Date 2026-01-01T00:00:00.000Z']] },
    });
    await open('typed.pipes');
    await fill({ length: 'four', codec: 'yes' });
    expect(await called()).toEqual({ length: 4, codec: true });
  });

  it.each([
    ['odd.file', 'It takes a file, which JSON cannot carry: call it from code.'],
    ['odd.form', 'Its input is checked by code alone'],
    ['odd.custom', 'Its input is checked by code alone'],
    ['odd.foreign', 'Its input is checked by something else than a zod 4 schema.'],
  ])('%s has no form: the JSON view says why', async (path, why) => {
    await open(path);
    await page.getByText(why).waitFor();
    await page.getByLabel('Input as JSON').waitFor();
  });

  it('what has no form is called by JSON', async () => {
    await open('odd.custom');
    await page.getByLabel('Input as JSON').fill('"open sesame"');
    expect(await called()).toBe('open sesame');
  });

  it('no input, and no output', async () => {
    await open('odd.nothing');
    await page.getByText('It takes no input.').waitFor();
    await call();
    await page.getByText('Nothing was answered').waitFor();
    await open('odd.outputOnly');
    await page.getByText('What it answers').click();
    await page.getByText('version').waitFor();
    expect(await called()).toEqual({ version: '1.0' });
  });

  it('form and JSON are the same input', async () => {
    await open('structures.nested');
    await fill({ name: 'n' });
    await page.getByRole('tab', { name: 'JSON' }).click();
    const editor = page.getByLabel('Input as JSON');
    await expect
      .poll(async () => JSON.parse(((await editor.textContent()) ?? '').replaceAll('\u200b', '')))
      .toEqual({ name: 'n', people: [] });
    await editor.fill('{"name": "other", "address": {"street": "s"}, "people": [{"name": "p"}]}');
    await page.getByRole('tab', { name: 'Form' }).click();
    expect(await field('name').inputValue()).toBe('other');
    expect(await field('address.street').inputValue()).toBe('s');
    expect(await field('people.0.name').inputValue()).toBe('p');
    await page.getByRole('tab', { name: 'JSON' }).click();
    await editor.fill('{"name": ');
    await call();
    expect(await page.locator('.pane .errors').first().textContent()).not.toBe('');
  });

  it('procedures of a lazy router', async () => {
    await open('later.hello');
    await fill({ name: 'you' });
    expect(await called()).toBe('hello you');
  });
});
