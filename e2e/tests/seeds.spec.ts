// Catches an app that was written from a seed document and does not work: one app of S1 and one of S3 (`seeds/`), on an
// origin of their own, run whole shows beside Onstage's own app; what one does, the other sees.
import { expect, test, type Page } from '@playwright/test';

import { Api } from '../support/api.ts';
import { AppOrigin, type AppPerson } from '../support/app.ts';
import { Person } from '../support/person.ts';
import { Server } from '../support/server.ts';
import { approve, askToGoUp, endShow, goLive, goOnStage, idOf, mute, remove, say, signUp, watch } from '../support/steps.ts';
import { Wire } from '../support/wire.ts';

const SILENCE = 0.01;
const VOICE = 0.02;

type Row = Record<string, unknown>;

let server: Server;
let apps: AppOrigin;
let api: Api;
test.beforeEach(async () => {
  apps = await AppOrigin.start();
  server = await Server.start({ ONSTAGE_SERVER_CORS_ORIGINS: apps.origin });
  api = new Api(server.url);
});
test.afterEach(async () => {
  await server.down();
  await apps.close();
});

/** What `who` asks for comes to hold a row like this one. */
async function comes(ask: () => Promise<Row[]>, row: Row): Promise<Row> {
  await expect.poll(ask).toContainEqual(expect.objectContaining(row));
  const found = (await ask()).find((item) => Object.entries(row).every(([key, value]) => JSON.stringify(item[key]) === JSON.stringify(value)));
  return found ?? {};
}

/** A frame of this type with these fields comes to an app of S3. */
async function hears(who: AppPerson, type: string, fields: Row = {}): Promise<Row> {
  return comes(() => who.frames(type), { type, ...fields });
}

async function heart(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'React', exact: true }).click();
  await page.getByRole('group', { name: 'Reactions' }).getByRole('button', { name: 'Heart' }).click();
}

async function seesReactions(page: Page, count: number): Promise<void> {
  await expect(page.getByTitle('Reactions', { exact: true })).toContainText(String(count));
}

async function isRemoved(page: Page, session: string): Promise<void> {
  await expect(page.getByRole('alert').filter({ hasText: 'You were removed' })).toBeVisible();
  await page.goto(`/s/${session}`);
  await expect(page.getByRole('heading', { name: 'You were removed' })).toBeVisible();
}

const START = {
  title: 'My Amazing Live Stream', description: "Let's chat about tech!", session_type: 'camera', max_participants: 100,
  allow_guests: true, require_approval: true, max_guests: 8, enable_chat: true, enable_gifts: true,
  guest_audio_default: true, guest_video_default: true,
};

test('an app of S1 hosts; a guest at Onstage asks, comes up, is seen, muted, promoted and sent away', async () => {
  const mara = await apps.open('Mara', await api.account('mara', 'Mara'), { colour: 'red' });
  const kofi = await Person.open('Kofi', server.url, { colour: 'blue' });
  const luca = await Person.open('Luca', server.url);
  await mara.live(server);

  const started = await mara.do<Row>('start', START);
  const session = String(started['id']);
  expect(started).toMatchObject({ host_username: 'mara', title: START.title, viewer_count: 0, guest_count: 0 });
  await mara.do('connect', started['webrtc_config']);
  await mara.do('publish');
  await comes(() => mara.do('active'), { id: session, host_username: 'mara', max_guests: 8, allow_guests: true });

  await signUp(kofi, 'kofi', `/s/${session}`);
  await watch(kofi, session);
  await watch(luca, session);
  await kofi.sees('Mara', 'red');
  await say(kofi.page, 'Good evening');
  await comes(() => mara.do('messages', session), { username: 'kofi', message: 'Good evening', message_type: 'text' });
  await mara.do('say', session, 'Hello everyone!');
  for (const person of [kofi, luca]) await expect(person.page.getByRole('log').getByText('Hello everyone!')).toBeVisible();
  await mara.do('react', session, 'heart');
  await seesReactions(luca.page, 1);

  await askToGoUp(kofi, 'Can I join?');
  const refused = await comes(() => mara.do('guestRequests', session, 'pending'), { username: 'kofi', message: 'Can I join?' });
  await mara.do('respond', refused['id'], 'rejected');
  await expect(kofi.page.getByRole('button', { name: 'Ask to go up' })).toBeVisible();
  await askToGoUp(kofi, 'Two songs on guitar');
  const asked = await comes(() => mara.do('guestRequests', session, 'pending'), { request_type: 'guest', message: 'Two songs on guitar' });
  expect(await mara.do('respond', asked['id'], 'approved')).toMatchObject({ request_id: asked['id'], status: 'approved', role: 'guest' });
  await goOnStage(kofi);
  await mara.person.sees('Kofi', 'blue');
  await luca.sees('Kofi', 'blue');

  const kofiId = await idOf(kofi);
  await expect.poll(() => mara.person.hears(kofiId), { message: 'Mara hears Kofi' }).toBeGreaterThan(VOICE);
  expect(await mara.do('manage', session, kofiId, 'mute_audio')).toMatchObject({ participant: { status: 'muted', audio_enabled: false } });
  await expect(kofi.page.getByRole('button', { name: 'The host muted you' })).toBeVisible();
  await expect.poll(() => mara.person.hears(kofiId), { message: 'Mara hears Kofi no more' }).toBeLessThan(SILENCE);
  const lifted = await mara.do('manage', session, kofiId, 'unmute_audio');
  expect(lifted).toMatchObject({ prompted: true, participant: { audio_enabled: false } });
  const prompt = kofi.page.getByRole('alert').filter({ hasText: 'turn on your microphone' });
  await prompt.getByRole('button', { name: 'Turn on microphone' }).click();
  await expect.poll(() => mara.person.hears(kofiId), { message: 'Mara hears Kofi again' }).toBeGreaterThan(VOICE);
  await mara.do('manage', session, kofiId, 'mute_video');
  await expect.poll(() => luca.framesOf('Kofi'), { message: 'Luca sees no picture of Kofi' }).toBe(-1);

  await mara.do('manage', session, kofiId, 'promote_cohost');
  await expect(kofi.page.getByRole('heading', { name: 'Requests' })).toBeVisible();
  await comes(() => mara.do('participants', session), { username: 'kofi', role: 'cohost' });
  await mara.do('manage', session, kofiId, 'demote');
  await expect(kofi.page.getByRole('heading', { name: 'Requests' })).toHaveCount(0);
  await comes(() => mara.do('participants', session), { username: 'kofi', role: 'guest' });

  await mara.do('manage', session, kofiId, 'kick');
  await isRemoved(kofi.page, session);
  await expect(luca.page.getByRole('group', { name: 'Kofi', exact: true })).toHaveCount(0);
  await luca.seesAdvancing('Mara');
  const ended = await mara.do<Row>('end', session);
  expect(ended).toMatchObject({ message: 'Live session ended successfully', session_id: session });
  expect(ended['duration_seconds']).toEqual(expect.any(Number));
  await expect(luca.page.getByRole('heading', { name: 'The show is over' })).toBeVisible();
  await expect.poll(() => mara.get('gone')).toBe(true);

  for (const person of [mara.person, kofi, luca]) {
    expect(person.complaints).toEqual([]);
    await person.close();
  }
  expect(server.errors()).toEqual([]);
});

test('an app of S1 is the guest of a host at Onstage: it asks, comes up, is muted, sent away and allowed back', async () => {
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  const kofi = await apps.open('Kofi', await api.account('kofi', 'Kofi'), { colour: 'blue' });
  await signUp(mara, 'mara');
  const session = await goLive(mara, 'Open mic');
  await say(mara.page, 'Welcome');

  await kofi.live(server);
  await comes(() => kofi.do('active'), { id: session, host_username: 'mara', title: 'Open mic' });
  const joined = await kofi.do<Row>('join', session);
  expect(joined).toMatchObject({ session_id: session, role: 'viewer', can_request_guest: true });
  await kofi.do('connect', joined['webrtc_config']);
  await kofi.person.sees('Mara', 'red');
  expect(await kofi.do('session', session)).toMatchObject({ id: session, status: 'live', host: { username: 'mara' } });
  await comes(() => kofi.do('messages', session), { username: 'mara', message: 'Welcome' });
  await kofi.do('say', session, 'Hello everyone!');
  await expect(mara.page.getByRole('log').getByText('Hello everyone!')).toBeVisible();
  await kofi.do('react', session, 'fire');
  await seesReactions(mara.page, 1);

  expect(await kofi.do('requestGuest', session, 'Can I join to discuss this topic?')).toMatchObject({ username: 'kofi', request_type: 'guest', status: 'pending' });
  await expect(mara.page.getByText('Can I join to discuss this topic?')).toBeVisible();
  await approve(mara, 'Kofi');
  await comes(() => kofi.do('participants', session), { username: 'kofi', role: 'guest', status: 'active' });
  await kofi.do('publish');
  await mara.sees('Kofi', 'blue');

  await mute(mara, 'Kofi');
  await comes(() => kofi.do('participants', session), { username: 'kofi', status: 'muted', audio_enabled: false });
  await expect.poll(() => kofi.do('microphoneMuted')).toBe(true);

  await remove(mara, 'Kofi');
  await expect.poll(() => kofi.get('gone')).toBe(true);
  await expect(kofi.do('join', session)).rejects.toThrow('403');
  await mara.page.getByRole('button', { name: 'Allow kofi back', exact: true }).click();
  await expect(mara.page.getByRole('button', { name: 'Allow kofi back', exact: true })).toHaveCount(0);
  const again = await kofi.do<Row>('join', session);
  expect(again).toMatchObject({ role: 'viewer' });
  await kofi.do('connect', again['webrtc_config']);

  await endShow(mara);
  await expect.poll(() => kofi.get('gone')).toBe(true);
  expect((await kofi.do<Row[]>('active')).map((item) => item['id'])).not.toContain(session);

  for (const person of [mara, kofi.person]) {
    expect(person.complaints).toEqual([]);
    await person.close();
  }
  expect(server.errors()).toEqual([]);
});

test('an app of S3 hosts guests with the same app and at Onstage; pictures go from app to app', async () => {
  const maraAccount = await api.account('mara', 'Mara');
  const kofiAccount = await api.account('kofi', 'Kofi');
  const mara = await apps.open('Mara', maraAccount, { colour: 'red', mesh: true });
  const kofi = await apps.open('Kofi', kofiAccount, { colour: 'blue', mesh: true });
  const hana = await Person.open('Hana', server.url, { colour: 'green', size: 'small' });
  const { id: session } = await api.must<{ id: string }>('POST', '/v1/sessions', maraAccount.token, { title: 'Panel', mode: 'camera' });

  await mara.socket(server.url, session);
  await hears(mara, 'current_participants');
  await mara.do('startMediaStream');
  await kofi.socket(server.url, session);
  await hears(kofi, 'current_participants');
  await hears(mara, 'user_joined', { user_id: kofiAccount.id, username: 'kofi', role: 'viewer' });
  await signUp(hana, 'hana', `/s/${session}`);
  await watch(hana, session);
  const hanaId = String((await hears(mara, 'user_joined', { username: 'hana' }))['user_id']);

  await mara.do('send', { action: 'chat', message: 'Hello!' });
  await hears(kofi, 'chat_message', { user_id: maraAccount.id, username: 'mara', message: 'Hello!' });
  await expect(hana.page.getByRole('log').getByText('Hello!')).toBeVisible();
  await say(hana.page, 'Hello to the app');
  for (const who of [mara, kofi]) await hears(who, 'chat_message', { username: 'hana', message: 'Hello to the app' });
  await kofi.do('send', { action: 'reaction', reaction: '🔥' });
  await hears(mara, 'reaction', { user_id: kofiAccount.id, username: 'kofi', reaction: '🔥' });
  await seesReactions(hana.page, 1);
  await heart(hana.page);
  for (const who of [mara, kofi]) await hears(who, 'reaction', { username: 'hana', reaction: '❤️' });

  await kofi.do('send', { action: 'request_guest' });
  await hears(mara, 'guest_request', { user_id: kofiAccount.id, username: 'kofi' });
  await mara.do('send', { action: 'respond_guest', target_user_id: kofiAccount.id, approved: false });
  await hears(kofi, 'guest_rejected', { rejected_by: maraAccount.id });
  await kofi.do('send', { action: 'request_guest' });
  await expect.poll(async () => (await mara.frames('guest_request')).length).toBe(2);
  await mara.do('send', { action: 'respond_guest', target_user_id: kofiAccount.id, approved: true });
  await hears(kofi, 'guest_approved', { approved_by: maraAccount.id });
  for (const who of [mara, kofi]) await hears(who, 'guest_joined', { user_id: kofiAccount.id, username: 'kofi' });
  await mara.person.sees('kofi', 'blue');
  await kofi.person.sees('mara', 'red');
  await expect(hana.page.getByRole('group', { name: 'Kofi', exact: true })).toBeVisible();

  await askToGoUp(hana, 'Me too');
  await hears(mara, 'guest_request', { user_id: hanaId, username: 'hana' });
  expect(await kofi.frames('guest_request')).toEqual([]);
  await mara.do('send', { action: 'respond_guest', target_user_id: hanaId, approved: true });
  await hears(kofi, 'guest_joined', { user_id: hanaId, username: 'hana' });
  await goOnStage(hana);
  // She has no socket of this kind: the server answers for her (`answered.spec.ts` looks at the pictures).
  await hears(mara, 'webrtc_signal', { signal_type: 'answer', from_user_id: hanaId });

  await mara.do('send', { action: 'participant_action', target_user_id: kofiAccount.id, action_type: 'mute_audio' });
  await hears(kofi, 'force_mute_audio', { by: maraAccount.id });
  await hears(mara, 'participant_media_changed', { user_id: kofiAccount.id, audio_enabled: false, video_enabled: true });
  await expect(hana.page.getByRole('group', { name: 'Kofi', exact: true }).getByText('muted by host')).toBeVisible();
  await mara.do('send', { action: 'participant_action', target_user_id: hanaId, action_type: 'mute' });
  await expect(hana.page.getByRole('button', { name: 'The host muted you' })).toBeVisible();
  await kofi.do('send', { action: 'update_media_status', audio_enabled: false, video_enabled: false });
  await hears(mara, 'participant_media_changed', { user_id: kofiAccount.id, video_enabled: false });
  await mara.do('send', { action: 'participant_action', target_user_id: kofiAccount.id, action_type: 'promote' });
  await hears(kofi, 'promoted', { new_role: 'cohost' });

  await mara.do('send', { action: 'participant_action', target_user_id: hanaId, action_type: 'kick' });
  await isRemoved(hana.page, session);
  await hears(kofi, 'user_left', { user_id: hanaId, username: 'hana' });
  const luca = await Person.open('Luca', server.url);
  await watch(luca, session);
  const stats = await fetch(`${server.url}/ws/live/${session}/stats?token=${kofiAccount.token}`);
  expect(await stats.json()).toMatchObject({ session_id: session, guest_count: 1 });
  const ended = await api.must<Row>('POST', `/ws/live/${session}/end`, maraAccount.token);
  expect(ended).toMatchObject({ session_id: session });
  for (const who of [mara, kofi]) {
    await hears(who, 'session_ended');
    await expect.poll(async () => (await who.do<Row>('connection'))['closedWith']).not.toBe(null);
    await who.do('disconnect');
    expect(await who.get('problems')).toEqual([]);
  }
  await expect(luca.page.getByRole('heading', { name: 'The show is over' })).toBeVisible();

  for (const person of [mara.person, kofi.person, hana, luca]) {
    expect(person.complaints).toEqual([]);
    await person.close();
  }
  expect(server.errors()).toEqual([]);
});

test('an app of S3 is the guest of a host at Onstage: it asks, is seated, muted, sent away and stays away', async () => {
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  const kofiAccount = await api.account('kofi', 'Kofi');
  const lucaAccount = await api.account('luca', 'Luca');
  const kofi = await apps.open('Kofi', kofiAccount, { colour: 'blue', size: 'small' });
  const luca = await apps.open('Luca', lucaAccount);
  await signUp(mara, 'mara');
  const session = await goLive(mara, 'Open mic');
  const maraId = await idOf(mara);
  await say(mara.page, 'Welcome');

  await kofi.socket(server.url, session);
  await luca.socket(server.url, session);
  const first = await hears(kofi, 'current_participants');
  expect(first['participants']).toContainEqual(expect.objectContaining({ user_id: maraId, username: 'mara', role: 'host', status: 'active' }));
  await hears(kofi, 'chat_message', { username: 'mara', message: 'Welcome', history: true });
  await kofi.do('send', { action: 'ping' });
  await hears(kofi, 'pong');
  await kofi.do('send', { action: 'chat', message: 'Hello!' });
  await expect(mara.page.getByRole('log').getByText('Hello!')).toBeVisible();
  await kofi.do('send', { action: 'reaction', reaction: '❤️' });
  await seesReactions(mara.page, 1);
  await heart(mara.page);
  await hears(kofi, 'reaction', { user_id: maraId, username: 'mara', reaction: '❤️' });

  await kofi.do('send', { action: 'request_guest' });
  await approve(mara, 'Kofi');
  await hears(kofi, 'guest_approved', { approved_by: maraId });
  for (const who of [kofi, luca]) await hears(who, 'guest_joined', { user_id: kofiAccount.id, username: 'kofi' });
  await expect(mara.page.getByRole('group', { name: 'Kofi', exact: true })).toBeVisible();

  await mute(mara, 'Kofi');
  await hears(kofi, 'force_mute_audio', { by: maraId });
  await hears(luca, 'participant_media_changed', { user_id: kofiAccount.id, audio_enabled: false });
  await mara.page.getByRole('button', { name: 'Lift the mute of Kofi', exact: true }).click();
  await expect(mara.page.getByRole('button', { name: 'Ask Kofi to unmute', exact: true })).toBeVisible();
  await mara.page.getByRole('button', { name: 'Ask Kofi to unmute', exact: true }).click();
  await hears(kofi, 'unmute_requested', { media: 'audio', by: maraId });
  await kofi.do('send', { action: 'update_media_status', audio_enabled: true, video_enabled: true });
  await expect(mara.page.getByRole('button', { name: 'Mute Kofi', exact: true })).toBeVisible();

  await remove(mara, 'Kofi');
  await hears(kofi, 'kicked', { by: maraId });
  await hears(luca, 'user_left', { user_id: kofiAccount.id, username: 'kofi' });
  await expect.poll(async () => (await kofi.do<Row>('connection'))['closedWith']).toBe(4403);
  await kofi.do('disconnect');
  await kofi.do('reconnect');
  await expect.poll(async () => kofi.do('connection')).toMatchObject({ isConnected: false, opened: 1, closedWith: expect.any(Number) });
  await kofi.do('disconnect');

  await endShow(mara);
  await hears(luca, 'session_ended');
  await expect.poll(async () => (await luca.do<Row>('connection'))['closedWith']).toBe(4410);
  for (const who of [kofi, luca]) expect(await who.get('problems')).toEqual([]);

  for (const person of [mara, kofi.person, luca.person]) {
    expect(person.complaints).toEqual([]);
    await person.close();
  }
  expect(server.errors()).toEqual([]);
});

test('apps of S3 come back by themselves after a cut and after `kill -9`, and miss nothing', async () => {
  const host = await api.account('mara', 'Mara');
  const kofi = await apps.open('Kofi', await api.account('kofi', 'Kofi'));
  const hana = await apps.open('Hana', await api.account('hana', 'Hana'));
  const { id: session } = await api.must<{ id: string }>('POST', '/v1/sessions', host.token, { title: 'Still here', mode: 'voice' });
  const wire = await Wire.to(server);
  const write = async (text: string): Promise<unknown> => api.must('POST', `/v1/sessions/${session}/messages`, host.token, { text });
  const bothHave = async (texts: string[]): Promise<void> => {
    for (const who of [kofi, hana]) {
      const read = async (): Promise<unknown[]> => (await who.get<Row[]>('chat')).map((message) => message['message']);
      await expect.poll(read, { message: `${who.account.handle} has every message once`, timeout: 60_000 }).toEqual(texts);
    }
  };

  await kofi.socket(wire.url, session);
  await hana.socket(wire.url, session, { backoff: true });
  for (const who of [kofi, hana]) await hears(who, 'current_participants');
  await write('one');
  await bothHave(['one']);

  wire.cut();
  await write('two');
  await write('three');
  for (const who of [kofi, hana]) await expect.poll(async () => (await who.do<Row>('connection'))['attempts']).toBeGreaterThanOrEqual(2);
  wire.mend();
  await bothHave(['one', 'two', 'three']);

  await server.kill();
  await server.up();
  await write('four');
  await bothHave(['one', 'two', 'three', 'four']);
  for (const who of [kofi, hana]) {
    expect(await who.get('problems')).toEqual([]);
    expect(await who.do('connection')).toMatchObject({ isConnected: true, opened: 3 });
    await who.close();
  }
  await wire.close();
});
