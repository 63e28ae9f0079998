// Catches a failure that leaves people without a word or a way on: each is produced for real and must be said by
// role and text with a next action that the keyboard reaches.
import { expect, test, type Page } from '@playwright/test';

import { Api, PASSWORD } from '../support/api.ts';
import { Person } from '../support/person.ts';
import { Server } from '../support/server.ts';
import { goLive, signUp, watch } from '../support/steps.ts';

let server: Server;
test.beforeEach(async () => void (server = await Server.start()));
test.afterEach(async () => server.down());

/** Presses Tab until the action has the focus: what a mouse can reach, a keyboard must. */
async function reachable(page: Page, role: 'button' | 'link', name: string): Promise<void> {
  const action = page.getByRole(role, { name, exact: true }).first();
  await expect(action).toBeVisible();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await action.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach “${name}”`);
}

async function hosted(title = 'A show'): Promise<{ api: Api; host: { id: string; token: string }; session: string }> {
  const api = new Api(server.url);
  const host = await api.account('host_one', 'Mara');
  const { id } = await api.must<{ id: string }>('POST', '/v1/sessions', host.token, { title, mode: 'camera' });
  return { api, host, session: id };
}

test('the camera is denied', async () => {
  const mara = await Person.open('Mara', server.url, { colour: 'red', devices: 'deny' });
  await signUp(mara, 'mara');
  await mara.page.goto('/go-live');
  await expect(mara.page.getByRole('alert').filter({ hasText: 'The camera is blocked' })).toBeVisible();
  await reachable(mara.page, 'button', 'Go on without camera');
  await mara.close();
});

test('there is no camera', async () => {
  const mara = await Person.open('Mara', server.url);
  await signUp(mara, 'mara');
  await mara.page.goto('/go-live');
  await expect(mara.page.getByRole('alert').filter({ hasText: 'No camera was found' })).toBeVisible();
  await reachable(mara.page, 'button', 'Go on without camera');
  await mara.close();
});

test('removed from a show', async () => {
  const { api, host, session } = await hosted();
  const kofi = await Person.open('Kofi', server.url);
  await signUp(kofi, 'kofi');
  await watch(kofi, session);
  await expect(kofi.page.getByRole('status', { name: 'Connection: Good' })).toBeVisible();
  // What reaches this page now is told by the show itself, and the reason of a removal is told nowhere else.
  await api.must('POST', `/v1/sessions/${session}/messages`, host.token, { text: 'Welcome' });
  await expect(kofi.page.getByRole('log').getByText('Welcome')).toBeVisible();
  const people = await api.must<{ items: { user_id: string; display_name: string }[] }>('GET', `/v1/sessions/${session}/people`, host.token);
  const id = people.items.find((person) => person.display_name === 'Kofi')?.user_id ?? '';
  await api.must('POST', `/v1/sessions/${session}/people/${id}/kick`, host.token, { reason: 'Spam' });
  await expect(kofi.page.getByRole('alert').filter({ hasText: 'You were removed' })).toBeVisible();
  await expect(kofi.page.getByText('Reason: Spam')).toBeVisible();
  await reachable(kofi.page, 'button', 'See other shows');
  await kofi.close();
});

test('the stage is full', async () => {
  const { api, host } = await hosted('First');
  const { id } = await api.must<{ id: string }>('POST', '/v1/sessions', host.token, {
    title: 'Full', mode: 'camera', settings: { max_guests: 1, require_approval: false },
  });
  const guest = await api.account('guest_one', 'Hana');
  const kofi = await Person.open('Kofi', server.url);
  await signUp(kofi, 'kofi');
  const leave = await api.attend(id, guest.token);
  await api.must('POST', `/v1/sessions/${id}/requests`, guest.token, {});
  await api.must('POST', `/v1/sessions/${id}/people/me/go_on_stage`, guest.token, {});
  await watch(kofi, id);
  await expect(kofi.page.getByRole('status').filter({ hasText: 'You can ask when a seat opens' })).toBeVisible();
  leave();
  await kofi.close();
});

test('the show has ended', async () => {
  const { api, host, session } = await hosted();
  const kofi = await Person.open('Kofi', server.url);
  await watch(kofi, session);
  await api.must('POST', `/v1/sessions/${session}/end`, host.token, {});
  await expect(kofi.page.getByRole('heading', { name: 'The show is over' })).toBeVisible();
  await reachable(kofi.page, 'button', 'See other shows');
  await kofi.page.goto(`/s/${session}`);
  await expect(kofi.page.getByRole('heading', { name: 'The show is over' })).toBeVisible();
  await kofi.close();
});

test('the network is gone, and what was typed is kept', async () => {
  const { session } = await hosted();
  const kofi = await Person.open('Kofi', server.url);
  await signUp(kofi, 'kofi');
  await watch(kofi, session);
  const draft = kofi.page.getByRole('textbox', { name: /^Say something/ });
  await draft.fill('half a thought');
  await kofi.page.context().setOffline(true);
  await expect(kofi.page.getByText('You are offline')).toBeVisible();
  await expect(draft).toHaveValue('half a thought');
  await kofi.page.context().setOffline(false);
  await expect(kofi.page.getByText('You are offline')).toBeHidden();
  await kofi.close();
});

test('the server is away and comes back', async () => {
  const { session } = await hosted();
  const kofi = await Person.open('Kofi', server.url);
  await signUp(kofi, 'kofi');
  await watch(kofi, session);
  await server.kill();
  await expect(kofi.page.getByText('The server does not answer')).toBeVisible();
  await reachable(kofi.page, 'button', 'Try now');
  await server.up();
  await expect(kofi.page.getByText('The server does not answer')).toBeHidden();
  await kofi.close();
});

test('media is blocked, chat goes on', async () => {
  await server.down();
  server = await Server.start({ ONSTAGE_MEDIA_TURN_PORT: '0' });
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  await signUp(mara, 'mara');
  const session = await goLive(mara, 'Behind a wall');
  const kofi = await Person.open('Kofi', server.url, { noUdp: true });
  await signUp(kofi, 'kofi');
  await watch(kofi, session);
  await expect(kofi.page.getByText('Picture and sound do not get through')).toBeVisible({ timeout: 120_000 });
  await reachable(kofi.page, 'button', 'Try again');
  await reachable(kofi.page, 'link', 'Test the connection');
  await mara.close();
  await kofi.close();
});

test('a wrong password is said at the form', async () => {
  const api = new Api(server.url);
  await api.account('kofi', 'Kofi');
  const kofi = await Person.open('Kofi', server.url);
  await kofi.page.goto('/sign-in');
  await kofi.page.getByLabel('Handle').fill('kofi');
  await kofi.page.getByLabel('Password').fill(`${PASSWORD}!`);
  await kofi.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(kofi.page.getByRole('alert')).toBeVisible();
  await kofi.close();
});
