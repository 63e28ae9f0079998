// Catches an answer that a plain browser cannot use, a publisher by HTTP whom nobody sees, and one who outlives the kick.
import { expect, test } from '@playwright/test';

import { Api } from '../support/api.ts';
import { Person } from '../support/person.ts';
import type { Media } from '../support/sdk.ts';
import { Server } from '../support/server.ts';
import { signUp, watch as open } from '../support/steps.ts';
import { isOver, packetsOfSound, publish, restart, watch } from '../support/whip.ts';

test('who publishes by WHIP is seen in the app and by WHEP, survives a restart of ICE, and goes with the kick', async () => {
  const server = await Server.start();
  const api = new Api(server.url);
  const [host, guest, viewer] = [await api.account('mara', 'Mara'), await api.account('kofi', 'Kofi'), await api.account('luca', 'Luca')];
  const { id } = await api.must<{ id: string }>('POST', '/v1/sessions', host.token, { title: 'From outside', mode: 'camera' });
  const leave = [await api.attend(id, host.token), await api.attend(id, guest.token)];
  const asked = await api.must<{ id: string }>('POST', `/v1/sessions/${id}/requests`, guest.token, {});
  await api.must('POST', `/v1/sessions/${id}/requests/${asked.id}/accept`, host.token, {});
  const join = async (token: string): Promise<Media> =>
    (await api.must<{ media: Media }>('POST', `/v1/sessions/${id}/join`, token, {})).media;
  const [staged, seated] = [await join(guest.token), await join(viewer.token)];

  const encoder = await Person.open('Kofi', server.url, { colour: 'blue', bypassCSP: true });
  const noor = await Person.open('Noor', server.url);
  const player = await Person.open('Luca', server.url, { bypassCSP: true });
  await signUp(noor, 'noor');
  await open(noor, id);

  const session = await publish(encoder, server, staged.token);
  expect(session.status).toBe(201);
  expect(session.location).toMatch(/^\/whip\/v1\/\w+$/);
  expect(session.etag).not.toBe('');
  await noor.sees('Kofi', 'blue');
  const watching = await watch(player, server, seated.token, 'Kofi');
  expect(watching.status).toBe(201);
  await player.sees('Kofi', 'blue');
  await expect.poll(() => packetsOfSound(player), { timeout: 60_000 }).toBeGreaterThan(50);

  expect(await restart(encoder, server, staged.token, session)).toBe(200);
  await player.seesAdvancing('Kofi');
  await noor.seesAdvancing('Kofi');

  await api.must('POST', `/v1/sessions/${id}/people/${guest.id}/kick`, host.token, { reason: 'Enough' });
  await isOver(encoder, server, staged.token, session);
  const again = await publish(encoder, server, staged.token);
  expect([again.status, again.code]).toEqual([403, 'moderation/blocked']);
  await expect(noor.page.getByRole('group', { name: 'Kofi', exact: true })).toHaveCount(0);

  leave.forEach((goes) => goes());
  for (const person of [encoder, noor, player]) await person.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});
