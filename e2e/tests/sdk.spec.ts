// Catches what only unmodified LiveKit clients notice: signalling order, SDP they refuse, media that never starts,
// a mute or kick that the server only asks for.
import {
  dispose, LocalVideoTrack, Room, RoomEvent, TrackKind, TrackPublishOptions, TrackSource, VideoBufferType, VideoFrame,
  VideoSource, VideoStream, type RemoteTrack,
} from '@livekit/rtc-node';
import { expect, test } from '@playwright/test';

import { Api } from '../support/api.ts';
import { Person } from '../support/person.ts';
import { connect, type Media } from '../support/sdk.ts';
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

test('a stock livekit-client publishes and another one watches', async () => {
  const server = await Server.start();
  const { host, viewer } = await show(server);
  const mara = await Person.open('Mara', server.url, { colour: 'red', bypassCSP: true });
  const luca = await Person.open('Luca', server.url, { bypassCSP: true });
  await connect(mara, host, true);
  await connect(luca, viewer, false);
  await luca.sees('Mara', 'red');
  await mara.close();
  await luca.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});

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
