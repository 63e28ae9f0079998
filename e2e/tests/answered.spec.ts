// Catches an answer of the SFU that an app of S3 in a real browser cannot use: it calls a host who has no such app, sees
// the host, and is seen; a call to the whole stage shows the same.
import { expect, test } from '@playwright/test';

import { Api } from '../support/api.ts';
import { AppOrigin } from '../support/app.ts';
import { Person } from '../support/person.ts';
import { Server } from '../support/server.ts';
import { approve, goLive, idOf, remove, signUp } from '../support/steps.ts';

test('an app of S3 calls a host at Onstage: each sees the other, until the host sends it away', async () => {
  const apps = await AppOrigin.start();
  const server = await Server.start({ ONSTAGE_SERVER_CORS_ORIGINS: apps.origin });
  const api = new Api(server.url);
  const mara = await Person.open('Mara', server.url, { colour: 'red', size: 'small' });
  await signUp(mara, 'mara');
  const session = await goLive(mara, 'Open mic');
  const maraId = await idOf(mara);

  const kofi = await apps.open('Kofi', await api.account('kofi', 'Kofi'), { colour: 'blue', size: 'small' });
  await kofi.socket(server.url, session);
  await expect.poll(async () => (await kofi.frames('current_participants')).length).toBe(1);
  await kofi.do('send', { action: 'request_guest' });
  await approve(mara, 'Kofi');
  await expect.poll(async () => kofi.get('webrtc'), { message: 'the camera of the app is on' }).not.toBe(null);

  await kofi.do('call', maraId);
  await kofi.person.sees('mara', 'red');
  await mara.sees('Kofi', 'blue');
  await kofi.do('call', 'server');
  await kofi.person.sees('server', 'red');
  const answers = (await kofi.frames('webrtc_signal')).map((frame) => [frame['signal_type'], frame['from_user_id']]);
  expect(answers).toEqual([['answer', maraId], ['answer', 'server']]);
  await expect(mara.page.getByRole('group', { name: 'Kofi', exact: true })).toHaveCount(1);

  await remove(mara, 'Kofi');
  await expect(mara.page.getByRole('group', { name: 'Kofi', exact: true })).toHaveCount(0);
  await expect.poll(async () => (await kofi.do<Record<string, unknown>>('connection'))['closedWith']).toBe(4403);
  await kofi.do('disconnect');
  expect([await kofi.get('problems'), await kofi.get('errors')]).toEqual([[], []]);

  for (const person of [mara, kofi.person]) {
    expect(person.complaints).toEqual([]);
    await person.close();
  }
  expect(server.errors()).toEqual([]);
  await server.down();
  await apps.close();
});
