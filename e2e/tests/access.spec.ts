// Catches a screen that some people cannot use: rules of WCAG on every route, the host's whole show by keyboard,
// words that stay untranslated, a page that does not mirror, another origin asked for anything.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

import { Api, PASSWORD } from '../support/api.ts';
import { Person } from '../support/person.ts';
import { Server } from '../support/server.ts';
import { approve, askToGoUp, endShow, goLive, goOnStage, signUp, watch } from '../support/steps.ts';

const TABS_MAX = 120;

let server: Server;
test.beforeEach(async () => void (server = await Server.start()));
test.afterEach(async () => server.down());

async function axe(page: Page, where: string): Promise<void> {
  // In the page itself (“legacy”): the other way opens a second page, which takes this one out of sight.
  const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
  const { violations } = await builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const words = violations.map((rule) => `${where}: ${rule.id} ${rule.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
  expect(words).toEqual([]);
}

test('axe finds nothing on any route, for host, guest, viewer, stranger and operator', async () => {
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  for (const path of ['/', '/sign-in', '/sign-up', '/doctor', '/nowhere']) {
    await mara.page.goto(path);
    await expect(mara.page.getByRole('main')).toBeVisible();
    await axe(mara.page, path);
  }
  await signUp(mara, 'mara');
  await mara.page.goto('/go-live');
  await expect(mara.page.getByTestId('preview')).toBeVisible();
  await axe(mara.page, '/go-live');
  const session = await goLive(mara, 'For everybody');
  const kofi = await Person.open('Kofi', server.url, { colour: 'blue' });
  await signUp(kofi, 'kofi');
  await watch(kofi, session);
  await kofi.sees('Mara', 'red');
  await axe(kofi.page, 'watch');
  await askToGoUp(kofi, 'hello');
  await expect(mara.page.getByRole('button', { name: 'Approve Kofi' })).toBeVisible();
  await axe(mara.page, 'studio with a request');
  await approve(mara, 'Kofi');
  await expect(kofi.page.getByRole('heading', { name: 'Get ready' })).toBeVisible();
  await axe(kofi.page, 'green room of a guest');
  await goOnStage(kofi);
  await axe(kofi.page, 'on stage');
  await mara.page.goto('/');
  await expect(mara.page.getByRole('link', { name: /For everybody/ })).toBeVisible();
  await axe(mara.page, 'home with a show');
  await mara.page.goto('/operator');
  await expect(mara.page.getByRole('heading', { name: 'Operator' })).toBeVisible();
  await axe(mara.page, '/operator');
  await mara.page.goto(`/s/${session}`);
  await mara.page.getByRole('button', { name: 'End show' }).click();
  await expect(mara.page.getByRole('alertdialog')).toBeVisible();
  await axe(mara.page, 'the question before the end');
  await mara.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await endShow(mara);
  await axe(mara.page, 'summary');
  await expect(kofi.page.getByRole('heading', { name: 'The show is over' })).toBeVisible();
  await axe(kofi.page, 'ended');
  await kofi.close();
  await mara.close();
});

/** Tabs until the element with this role and name has the focus. */
async function tabTo(page: Page, role: 'button' | 'link' | 'textbox', name: string | RegExp): Promise<void> {
  const goal = page.getByRole(role, typeof name === 'string' ? { name, exact: true } : { name }).first();
  await expect(goal).toBeVisible();
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${String(name)}`);
}

test('the host runs a whole show with the keyboard alone', async () => {
  const api = new Api(server.url);
  await api.account('mara', 'Mara');
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  const { page } = mara;
  await page.goto('/sign-in');
  await tabTo(page, 'textbox', 'Handle');
  await page.keyboard.type('mara');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Account of Mara' })).toBeVisible();
  // A page that has just been opened takes the focus once.
  await page.waitForURL((url) => url.pathname === '/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await tabTo(page, 'link', 'Go live');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('preview')).toBeVisible();
  await tabTo(page, 'textbox', 'Title of the show');
  await page.keyboard.type('Without a mouse');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'End show' })).toBeVisible();
  const session = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const guest = await api.account('kofi', 'Kofi');
  const leave = await api.attend(session, guest.token);
  await api.must('POST', `/v1/sessions/${session}/requests`, guest.token, { message: 'me' });
  await tabTo(page, 'button', 'Approve Kofi');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Approve Kofi' })).toHaveCount(0);
  await api.must('POST', `/v1/sessions/${session}/people/me/go_on_stage`, guest.token, {});
  await expect(page.getByRole('group', { name: 'Kofi', exact: true })).toBeVisible();
  await tabTo(page, 'button', 'Mute Kofi');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Lift the mute of Kofi', exact: true })).toBeVisible();
  await page.locator('body').press('t');
  await page.keyboard.type('hello all');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log').getByText('hello all')).toBeVisible();
  await tabTo(page, 'button', 'Remove Kofi');
  await page.keyboard.press('Enter');
  await tabTo(page, 'button', 'Remove');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: 'Kofi', exact: true })).toHaveCount(0);
  await tabTo(page, 'button', 'End show');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'That was your show' })).toBeVisible();
  leave();
  await mara.close();
});

test('the pages mirror for languages from right to left, and nothing stays untranslated', async () => {
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  await mara.page.goto('/?lang=ar-XB');
  await expect(mara.page.locator('html')).toHaveAttribute('dir', 'rtl');
  const brand = mara.page.getByRole('banner').getByRole('link').first();
  await expect.poll(async () => (await brand.boundingBox())?.x ?? 0).toBeGreaterThan(640);
  await mara.page.screenshot({ path: 'out/home-rtl.png' });
  await mara.page.goto('/sign-up?lang=en-XA');
  await expect(mara.page.getByRole('textbox')).toHaveCount(3);
  const texts = await mara.page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const words: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) words.push(node.textContent?.trim() ?? '');
    return words.filter((text) => text !== '' && text !== 'Onstage');
  });
  expect(texts.length).toBeGreaterThan(0);
  expect(texts.filter((text) => /[A-Za-z]{3,}/.test(text) && /^[\x20-\x7e]+$/.test(text))).toEqual([]);
  await mara.close();
});

test('a page asks no other origin for anything and carries its policies', async () => {
  const kofi = await Person.open('Kofi', server.url);
  const foreign: string[] = [];
  kofi.page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== server.url) foreign.push(request.url());
  });
  const answer = await kofi.page.goto('/');
  const headers = answer?.headers() ?? {};
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).not.toContain('unsafe-eval');
  expect(headers['permissions-policy']).toContain('camera=(self)');
  expect(headers['x-content-type-options']).toBe('nosniff');
  await expect(kofi.page.getByRole('main')).toBeVisible();
  expect(foreign).toEqual([]);
  await kofi.close();
});
