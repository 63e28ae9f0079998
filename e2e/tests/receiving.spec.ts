// Catches a viewer who wants to save data and is sent large pictures all the same, or none, or no sound, and one whose
// phone has no room for the choice.
import { expect, test, type Page } from '@playwright/test';

import { Person } from '../support/person.ts';
import { Server } from '../support/server.ts';
import { goLive, idOf, signUp, watch } from '../support/steps.ts';

const VOICE = 0.02;
const PHONE = { width: 390, height: 844 };
/** Two buttons, one above the other, are at least this high. */
const TWO_ROWS = 2 * 48;
const DESK = { width: 1280, height: 800 };

/** Rows of the picture that is shown of the host now; 0 without one. */
async function rows(page: Page): Promise<number> {
  return page.locator('video[data-testid="tile-video"]').evaluateAll(([video]) => (video instanceof HTMLVideoElement ? video.videoHeight : 0));
}

async function receive(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /Pictures: / }).click();
  await page.getByRole('menuitemradio', { name }).click();
  await expect(page.getByRole('button', { name: `Pictures: ${name}` })).toBeVisible();
}

test('a viewer saves data, hears without pictures, and is asked for neither again', async () => {
  const server = await Server.start();
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  const luca = await Person.open('Luca', server.url);
  await signUp(mara, 'mara');
  const session = await goLive(mara, 'On the train');
  const maraId = await idOf(mara);
  await watch(luca, session);
  await luca.sees('Mara', 'red');
  await expect.poll(() => rows(luca.page), { message: 'a large tile gets a large picture', timeout: 60_000 }).toBeGreaterThan(300);
  const large = await rows(luca.page);

  await receive(luca.page, 'Save data');
  await expect.poll(() => rows(luca.page), { message: 'the picture is small', timeout: 60_000 }).toBeLessThan(large);
  await luca.seesAdvancing('Mara');

  await receive(luca.page, 'Sound only');
  await expect(luca.page.locator('video[data-testid="tile-video"]')).toHaveCount(0);
  await expect.poll(() => luca.hears(maraId), { message: 'Luca hears Mara', timeout: 30_000 }).toBeGreaterThan(VOICE);
  await expect(luca.page.getByRole('group', { name: 'Mara' }).getByText('Sound only')).toBeVisible();
  await luca.page.screenshot({ path: 'out/sound-only.png' });
  await luca.page.reload();
  await expect(luca.page.getByRole('button', { name: 'Pictures: Sound only' })).toBeVisible();
  await expect.poll(() => luca.hears(maraId), { message: 'Luca hears Mara after a reload', timeout: 30_000 }).toBeGreaterThan(VOICE);
  await expect(luca.page.locator('video[data-testid="tile-video"]')).toHaveCount(0);

  // The same choice on a phone, and the link to pass on beside it.
  await luca.page.setViewportSize(PHONE);
  await luca.page.getByRole('button', { name: /^More · Pictures: / }).click();
  await expect(luca.page.getByRole('menuitem', { name: 'Copy link' })).toBeInViewport();
  await luca.page.screenshot({ path: 'out/phone-more.png' });
  await luca.page.keyboard.press('Escape');
  await receive(luca.page, 'Automatic');
  await luca.page.setViewportSize(DESK);
  await luca.sees('Mara', 'red');
  await expect.poll(() => rows(luca.page), { message: 'the picture is large again', timeout: 60_000 }).toBeGreaterThan(300);

  // Whoever is on stage has all their buttons in one row there.
  await mara.page.setViewportSize(PHONE);
  const bar = mara.page.getByRole('toolbar', { name: 'Your controls' });
  await expect.poll(async () => (await bar.boundingBox())?.height ?? 0, { message: 'one row' }).toBeLessThan(TWO_ROWS);

  for (const person of [mara, luca]) await person.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});
