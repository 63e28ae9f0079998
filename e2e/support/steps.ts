// What people do in the app, in its own words: only roles, labels and visible text. Each step ends when the page shows
// what it did: whoever goes on, in a page or by the API, goes on from there.
import { expect, type Page } from '@playwright/test';

import { PASSWORD } from './api.ts';
import type { Person } from './person.ts';

export async function signUp(person: Person, handle: string, next = '/'): Promise<void> {
  const { page } = person;
  await page.goto(`/sign-up?next=${encodeURIComponent(next)}`);
  await page.getByLabel('Your name').fill(person.name);
  await page.getByLabel('Handle').fill(handle);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  // The bar knows who is signed in a moment before the page moves on.
  await page.waitForURL((url) => url.pathname === next);
  await expect(page.getByRole('button', { name: `Account of ${person.name}` })).toBeVisible();
}

/** From the green room to the studio; answers with the session's id. */
export async function goLive(person: Person, title: string): Promise<string> {
  const { page } = person;
  await page.goto('/go-live');
  await expect(page.getByTestId('preview')).toBeVisible();
  await page.getByLabel('Title of the show').fill(title);
  await page.getByRole('button', { name: 'Go live' }).click();
  await page.waitForURL(/\/s\/[0-9a-f-]+$/);
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await expect(page.getByRole('button', { name: 'End show' })).toBeVisible();
  return id;
}

export async function watch(person: Person, session: string): Promise<void> {
  await person.page.goto(`/s/${session}`);
  await expect(person.page.getByRole('log')).toBeVisible();
}

export async function say(page: Page, words: string): Promise<void> {
  const text = page.getByRole('textbox', { name: /^Say something/ });
  await text.fill(words);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  // Emptied when the server has the message; what is typed sooner would be emptied with it.
  await expect(text).toHaveValue('');
}

export async function askToGoUp(person: Person, message: string): Promise<void> {
  const { page } = person;
  await page.getByRole('button', { name: 'Ask to go up' }).click();
  await page.getByLabel(/^Your message/).fill(message);
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByText('You are number 1 in the queue')).toBeVisible();
}

export async function approve(host: Person, name: string): Promise<void> {
  const button = host.page.getByRole('button', { name: `Approve ${name}` });
  await button.click();
  await expect(button).toHaveCount(0);
}

export async function goOnStage(person: Person): Promise<void> {
  await expect(person.page.getByRole('heading', { name: 'Get ready' })).toBeVisible();
  await person.page.getByRole('button', { name: 'Go on stage' }).click();
  await expect(person.page.getByRole('button', { name: 'Leave stage' })).toBeVisible();
}

export async function mute(host: Person, name: string): Promise<void> {
  await host.page.getByRole('button', { name: `Mute ${name}`, exact: true }).click();
  await expect(host.page.getByRole('button', { name: `Lift the mute of ${name}`, exact: true })).toBeVisible();
}

export async function remove(host: Person, name: string): Promise<void> {
  const button = host.page.getByRole('button', { name: `Remove ${name}`, exact: true });
  await button.click();
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(button).toHaveCount(0);
}

export async function endShow(host: Person): Promise<void> {
  await host.page.getByRole('button', { name: 'End show' }).click();
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click();
  await expect(host.page.getByRole('heading', { name: 'That was your show' })).toBeVisible();
}

/** The account's id as the page knows it: the tile of one's own. */
export async function idOf(person: Person): Promise<string> {
  const tile = person.page.getByRole('group', { name: person.name, exact: true });
  return (await tile.getAttribute('data-user-id')) ?? '';
}
