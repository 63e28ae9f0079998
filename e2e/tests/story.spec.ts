// Catches a show that only works in parts: one host, one guest, two viewers, from going live to being sent away,
// through `kill -9`, on real media in real browsers.
import { expect, test } from '@playwright/test';

import { Person } from '../support/person.ts';
import { Server } from '../support/server.ts';
import { approve, askToGoUp, endShow, goLive, goOnStage, idOf, mute, remove, say, signUp, watch } from '../support/steps.ts';

const SILENCE = 0.01;
const VOICE = 0.02;

test('a host goes live; a viewer chats, comes up, is seen and heard, is muted, is sent away and stays away', async () => {
  const server = await Server.start();
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  const kofi = await Person.open('Kofi', server.url, { colour: 'blue' });
  const luca = await Person.open('Luca', server.url);

  await signUp(mara, 'mara');
  const session = await goLive(mara, 'Open mic');
  await mara.sees('Mara', 'red');

  await signUp(kofi, 'kofi', `/s/${session}`);
  await watch(kofi, session);
  await watch(luca, session);
  await kofi.sees('Mara', 'red');
  await luca.sees('Mara', 'red');
  await say(kofi.page, 'I have my guitar ready');
  await expect(mara.page.getByText('I have my guitar ready')).toBeVisible();
  await expect(luca.page.getByText('I have my guitar ready')).toBeVisible();

  await askToGoUp(kofi, 'Two songs on guitar');
  await expect(mara.page.getByText('Two songs on guitar')).toBeVisible();
  await approve(mara, 'Kofi');
  await goOnStage(kofi);
  await mara.sees('Kofi', 'blue');
  await luca.sees('Kofi', 'blue');
  await luca.sees('Mara', 'red');
  const kofiId = await idOf(kofi);
  const maraId = await idOf(mara);
  await expect.poll(() => luca.hears(kofiId), { message: 'Luca hears Kofi' }).toBeGreaterThan(VOICE);
  await luca.page.screenshot({ path: 'out/story-watch.png' });
  await mara.page.screenshot({ path: 'out/story-studio.png' });

  await mute(mara, 'Kofi');
  await expect.poll(() => luca.hears(kofiId), { message: 'Luca hears Kofi no more' }).toBeLessThan(SILENCE);
  expect(await luca.hears(kofiId, 2000)).toBeLessThan(SILENCE);
  await expect.poll(() => luca.hears(maraId), { message: 'Luca still hears Mara' }).toBeGreaterThan(VOICE);
  await luca.seesAdvancing('Mara');

  await remove(mara, 'Kofi');
  await expect(kofi.page.getByRole('alert').filter({ hasText: 'You were removed' })).toBeVisible();
  await expect(luca.page.getByRole('group', { name: 'Kofi', exact: true })).toHaveCount(0);
  await luca.seesAdvancing('Mara');
  await kofi.page.goto(`/s/${session}`);
  await expect(kofi.page.getByRole('heading', { name: 'You were removed' })).toBeVisible();

  await endShow(mara);
  await expect(luca.page.getByRole('heading', { name: 'The show is over' })).toBeVisible();

  for (const person of [mara, kofi, luca]) {
    expect(person.complaints).toEqual([]);
    await person.close();
  }
  expect(server.errors()).toEqual([]);
  await server.down();
});

test('the server is killed with four people on stage; every page shows moving pictures again and a mute still holds', async () => {
  test.setTimeout(480_000);
  const server = await Server.start();
  const cast = await Promise.all([
    Person.open('Mara', server.url, { colour: 'red', size: 'small' }),
    Person.open('Kofi', server.url, { colour: 'blue', size: 'small' }),
    Person.open('Hana', server.url, { colour: 'green', size: 'small' }),
    Person.open('Ravi', server.url, { colour: 'yellow', size: 'small' }),
  ]);
  const [mara, kofi, hana, ravi] = cast;
  await signUp(mara, 'mara');
  const session = await goLive(mara, 'Still here');
  const guests = [kofi, hana, ravi];
  await Promise.all(guests.map(async (guest) => signUp(guest, guest.name.toLowerCase(), `/s/${session}`)));
  for (const guest of guests) {
    await watch(guest, session);
    await askToGoUp(guest, 'Me');
    await approve(mara, guest.name);
    await goOnStage(guest);
  }
  const everybody = [['Mara', 'red'], ['Kofi', 'blue'], ['Hana', 'green'], ['Ravi', 'yellow']] as const;
  const seesEverybody = async (person: Person): Promise<void> => {
    for (const [name, colour] of everybody) await person.sees(name, colour);
  };
  const everybodySeesEverybody = async (): Promise<unknown> => Promise.all(cast.map(seesEverybody));
  await everybodySeesEverybody();
  const kofiId = await idOf(kofi);
  await expect.poll(() => hana.hears(kofiId), { message: 'Hana hears Kofi' }).toBeGreaterThan(VOICE);
  await mute(mara, 'Kofi');
  await expect.poll(() => hana.hears(kofiId), { message: 'Hana hears Kofi no more' }).toBeLessThan(SILENCE);
  await say(hana.page, 'before the fall');
  await expect(ravi.page.getByText('before the fall')).toBeVisible();

  await server.kill();
  await server.up();
  const up = Date.now();
  await Promise.all(cast.map((person) => person.seesEverybodyMove(everybody.length)));
  test.info().annotations.push({ type: 'measure', description: `moving pictures everywhere ${Date.now() - up} ms after listening` });
  await everybodySeesEverybody();
  expect(await hana.hears(kofiId, 1000)).toBeLessThan(SILENCE);
  await expect(ravi.page.getByText('before the fall')).toHaveCount(1);

  for (const person of cast) await person.close();
  await server.down();
});
