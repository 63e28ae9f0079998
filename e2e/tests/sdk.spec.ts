// Catches what only unmodified LiveKit clients notice: signalling order, SDP they refuse, media that never starts,
// a mute or kick that the server only asks for.
import {
  dispose, LocalVideoTrack, Room, RoomEvent, TrackKind, TrackPublishOptions, TrackSource, VideoBufferType, VideoFrame,
  VideoSource, VideoStream, type RemoteTrack,
} from '@livekit/rtc-node';
import { expect, test } from '@playwright/test';

import { Api } from '../support/api.ts';
import { Person } from '../support/person.ts';
import { connect, DUAL, type Media, type Stock } from '../support/sdk.ts';
import { Server } from '../support/server.ts';

const FRAMES_MIN = 100;

async function show(server: Server): Promise<{ api: Api; session: string; host: Media; viewer: Media; hostToken: string }> {
  const api = new Api(server.url);
  const [host, viewer] = [await api.account('host_one', 'Mara'), await api.account('viewer_one', 'Luca')];
  const { id } = await api.must<{ id: string }>('POST', '/v1/sessions', host.token, { title: 'Thread', mode: 'camera' });
  const join = async (token: string): Promise<Media> =>
    (await api.must<{ media: Media }>('POST', `/v1/sessions/${id}/join`, token, {})).media;
  return { api, session: id, host: await join(host.token), viewer: await join(viewer.token), hostToken: host.token };
}

/** The client as it comes, and with the two connections that older ones make. */
const LAYOUTS: [string, Stock][] = [
  ['one connection', {}],
  ['two connections', DUAL],
];

type Stocked = { room: import('livekit-client').Room; said: string[] };

/** Pictures of a screen decoded so far, -1 while there is none. */
const screenFrames = (person: Person): Promise<number> =>
  person.page.evaluate(async () => {
    const { room } = globalThis as unknown as Stocked;
    const shared = [...room.remoteParticipants.values()].map((one) => one.getTrackPublication('screen_share' as never)?.track);
    let frames = -1;
    for (const track of shared) {
      const stats = await track?.getRTCStatsReport();
      stats?.forEach((entry) => (frames = entry.type === 'inbound-rtp' ? Number(entry.framesDecoded) : frames));
    }
    return frames;
  });

/** Drops the socket, or everything, and waits until the client says that it is back. */
const comesBack = (person: Person, how: 'signal-reconnect' | 'full-reconnect'): Promise<void> =>
  person.page.evaluate(async (scenario) => {
    const { room } = globalThis as unknown as Stocked;
    const back = new Promise<void>((resolve) => room.once('reconnected', () => resolve()));
    await room.simulateScenario(scenario);
    await back;
  }, how);

for (const [words, stock] of LAYOUTS) {
  test(`stock clients with ${words} play a show: pictures, screen, mute, guest, data, resume, reconnect`, async () => {
    const server = await Server.start();
    const { api, session, host, viewer, hostToken } = await show(server);
    const mara = await Person.open('Mara', server.url, { colour: 'red', bypassCSP: true });
    const luca = await Person.open('Luca', server.url, { bypassCSP: true });
    await connect(mara, host, true, stock);
    await connect(luca, viewer, false, stock);
    await luca.sees('Mara', 'red');

    // A guest comes while the show runs, as a viewer, and is promoted on the same connection.
    const account = await api.account('guest_one', 'Kofi');
    const joined = await api.must<{ media: Media }>('POST', `/v1/sessions/${session}/join`, account.token, {});
    const kofi = await Person.open('Kofi', server.url, { colour: 'blue', bypassCSP: true });
    await connect(kofi, joined.media, false, stock);
    await kofi.sees('Mara', 'red');
    const asked = await api.must<{ id: string }>('POST', `/v1/sessions/${session}/requests`, account.token, {});
    await api.must('POST', `/v1/sessions/${session}/requests/${asked.id}/accept`, hostToken, {});
    await kofi.page.waitForFunction(() => (globalThis as unknown as Stocked).room.localParticipant.permissions?.canPublish);
    await kofi.page.evaluate(() => (globalThis as unknown as Stocked).room.localParticipant.enableCameraAndMicrophone());
    await luca.sees('Kofi', 'blue');
    await mara.sees('Kofi', 'blue');

    await mara.page.evaluate(() => (globalThis as unknown as Stocked).room.localParticipant.setScreenShareEnabled(true));
    await expect.poll(() => screenFrames(luca), { message: 'the screen is seen', timeout: 60_000 }).toBeGreaterThan(1);
    await mara.page.evaluate(() => (globalThis as unknown as Stocked).room.localParticipant.setScreenShareEnabled(false));
    await expect.poll(() => screenFrames(luca), { message: 'the screen is gone', timeout: 60_000 }).toBe(-1);

    const muted = (): Promise<boolean> =>
      luca.page.evaluate(() => {
        const { room } = globalThis as unknown as Stocked;
        return [...room.remoteParticipants.values()].some((one) => one.name === 'Mara' && !one.isMicrophoneEnabled);
      });
    await mara.page.evaluate(() => (globalThis as unknown as Stocked).room.localParticipant.setMicrophoneEnabled(false));
    await expect.poll(muted, { message: 'the mute is told' }).toBe(true);
    await mara.page.evaluate(() => (globalThis as unknown as Stocked).room.localParticipant.setMicrophoneEnabled(true));
    await expect.poll(muted, { message: 'the unmute is told' }).toBe(false);

    await luca.page.evaluate(() => {
      const said: string[] = [];
      Object.assign(globalThis, { said });
      (globalThis as unknown as Stocked).room.on('dataReceived', (bytes) => said.push(new TextDecoder().decode(bytes)));
    });
    const say = (text: string): Promise<void> =>
      mara.page.evaluate(
        (word) => (globalThis as unknown as Stocked).room.localParticipant.publishData(new TextEncoder().encode(word), { reliable: true }),
        text,
      );
    const heard = (): Promise<string[]> => luca.page.evaluate(() => (globalThis as unknown as Stocked).said);
    await say('before');
    await expect.poll(heard).toEqual(['before']);

    const refused = await mara.page.evaluate(async () => {
      const track = (globalThis as unknown as Stocked).room.localParticipant.publishDataTrack({ name: 'pose' });
      return track.then(() => 'published', (error: Error) => error.message);
    });
    expect(refused, 'data tracks are refused at once, in words').toBe('Data track publishing unauthorized');

    for (const person of [luca, mara]) {
      await comesBack(person, 'signal-reconnect');
      await luca.seesAdvancing('Mara');
      await luca.seesAdvancing('Kofi');
    }
    await say('after');
    await expect.poll(heard).toEqual(['before', 'after']);
    for (const person of [mara, luca]) {
      await comesBack(person, 'full-reconnect');
      await luca.sees('Mara', 'red');
      await luca.sees('Kofi', 'blue');
    }

    for (const person of [mara, kofi, luca]) await person.close();
    expect(server.errors()).toEqual([]);
    await server.down();
  });
}

/** A film of one blue picture at 20 frames a second until stopped. */
function blueFilm(source: VideoSource): () => void {
  const [width, height] = [640, 360];
  const picture = new Uint8Array((width * height * 3) / 2);
  picture.fill(60, 0, width * height);
  picture.fill(200, width * height, (width * height * 5) / 4);
  picture.fill(100, (width * height * 5) / 4);
  const clock = setInterval(() => source.captureFrame(new VideoFrame(picture, width, height, VideoBufferType.I420)), 50);
  return () => clearInterval(clock);
}

test('the Node SDK is a guest beside a browser: each decodes a hundred frames of the other', async () => {
  const server = await Server.start();
  const { api, session, host, hostToken } = await show(server);
  const mara = await Person.open('Mara', server.url, { colour: 'red', bypassCSP: true });
  await connect(mara, host, true);

  const guest = await api.account('guest_one', 'Kofi');
  await api.must('POST', `/v1/sessions/${session}/join`, guest.token, {});
  const asked = await api.must<{ id: string }>('POST', `/v1/sessions/${session}/requests`, guest.token, {});
  await api.must('POST', `/v1/sessions/${session}/requests/${asked.id}/accept`, hostToken, {});
  const { media } = await api.must<{ media: Media }>('POST', `/v1/sessions/${session}/join`, guest.token, {});

  const room = new Room();
  let received = 0;
  room.on(RoomEvent.TrackSubscribed, async (track: RemoteTrack) => {
    if (track.kind !== TrackKind.KIND_VIDEO) return;
    for await (const _ of new VideoStream(track)) received += 1;
  });
  await room.connect(media.url, media.token, { autoSubscribe: true, dynacast: true });
  const source = new VideoSource(640, 360);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: false });
  await room.localParticipant?.publishTrack(LocalVideoTrack.createVideoTrack('camera', source), options);
  const stop = blueFilm(source);

  await mara.sees('Kofi', 'blue');
  await expect.poll(() => mara.framesOf('Kofi'), { timeout: 60_000 }).toBeGreaterThanOrEqual(FRAMES_MIN);
  await expect.poll(() => received, { timeout: 60_000 }).toBeGreaterThanOrEqual(FRAMES_MIN);

  stop();
  await room.disconnect();
  await dispose();
  await mara.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});
