// Catches what only the stock server SDK notices: a call it cannot read, an error it cannot name, a webhook it does not
// believe. Everything is plain Node; the people are the stock Node client.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test as base } from '@playwright/test';
import {
  dispose, LocalVideoTrack, Room, RoomEvent, TrackPublishOptions, TrackSource, VideoBufferType, VideoFrame, VideoSource,
} from '@livekit/rtc-node';
import {
  AccessToken, DataPacket_Kind, RoomServiceClient, TrackSource as ServerTrackSource, TwirpError, WebhookReceiver,
  type WebhookEvent,
} from 'livekit-server-sdk';

import { Api } from '../support/api.ts';
import { Server } from '../support/server.ts';

/** In a process of its own: once the Node client is disposed of, its process cannot use it again. */
const test = base.extend<object, { ownProcess: undefined }>({
  ownProcess: [async ({}, use) => use(undefined), { scope: 'worker', auto: true }],
});

const [KEY, SECRET] = ['APIserversdk', 'a secret that is long enough for tests'] as const;
const PATIENCE_MS = 30_000;

/** A receiver that believes nothing but what the SDK has verified. */
class Hooks {
  readonly events: WebhookEvent[] = [];
  #doubts = 0;
  readonly #receiver = new WebhookReceiver(KEY, SECRET);
  readonly #server = createServer((request, response) => {
    void this.#take(request).then((status) => response.writeHead(status).end());
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async #take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      const body = Buffer.concat(chunks).toString();
      this.events.push(await this.#receiver.receive(body, request.headers.authorization));
      return 200;
    } catch {
      this.#doubts += 1;
      return 500;
    }
  }

  /** Of one room: names of events, in the order in which they came. */
  told(room: string): string[] {
    return this.events.filter((event) => event.room?.name === room).map((event) => event.event ?? '');
  }

  get doubts(): number {
    return this.#doubts;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function token(identity: string, room: string): Promise<string> {
  const access = new AccessToken(KEY, SECRET, { identity, name: identity.toUpperCase() });
  access.addGrant({ roomJoin: true, room });
  return access.toJwt();
}

/** Publishes a camera of one picture; resolves with its sid and the way to stop it. */
async function publish(room: Room): Promise<{ sid: string; stop: () => void }> {
  const [width, height] = [320, 180];
  const source = new VideoSource(width, height);
  const picture = new Uint8Array((width * height * 3) / 2).fill(100);
  const clock = setInterval(() => source.captureFrame(new VideoFrame(picture, width, height, VideoBufferType.I420)), 50);
  const track = LocalVideoTrack.createVideoTrack('film', source);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA });
  const publication = await room.localParticipant!.publishTrack(track, options);
  return { sid: publication.sid ?? '', stop: () => clearInterval(clock) };
}

async function refusal(call: Promise<unknown>): Promise<string> {
  const outcome = await call.then(() => 'done', (error: unknown) => error);
  if (outcome instanceof TwirpError) return `${outcome.status} ${outcome.code ?? ''}`;
  return String(outcome);
}

test('every call of the stock server SDK, and every webhook', async () => {
  const hooks = new Hooks();
  const server = await Server.start({
    ONSTAGE_MEDIA_API_KEY: KEY,
    ONSTAGE_MEDIA_API_SECRET: SECRET,
    ONSTAGE_WEBHOOKS_URLS: await hooks.start(),
  });
  const service = new RoomServiceClient(server.url, KEY, SECRET);
  const made = await service.createRoom({ name: 'free', emptyTimeout: 60, maxParticipants: 3, metadata: 'm' });
  expect([made.name, made.emptyTimeout, made.maxParticipants, made.metadata]).toEqual(['free', 60, 3, 'm']);
  expect((await service.listRooms()).map((room) => room.sid)).toEqual([made.sid]);
  expect(await service.listRooms(['none'])).toEqual([]);
  expect(await service.listParticipants('free')).toEqual([]);

  const [ann, bob] = [new Room(), new Room()];
  const data: { payload: string; topic: string | undefined; sender: string | undefined }[] = [];
  bob.on(RoomEvent.DataReceived, (payload, participant, _kind, topic) =>
    void data.push({ payload: Buffer.from(payload).toString(), topic, sender: participant?.identity }));
  await ann.connect(server.webSocketUrl, await token('ann', 'free'), { autoSubscribe: true, dynacast: false });
  await bob.connect(server.webSocketUrl, await token('bob', 'free'), { autoSubscribe: true, dynacast: false });
  const film = await publish(ann);

  await expect.poll(async () => (await service.getParticipant('free', 'ann')).tracks.length).toBe(1);
  const info = await service.getParticipant('free', 'ann');
  expect([info.name, info.isPublisher, info.tracks[0]?.sid]).toEqual(['ANN', true, film.sid]);
  expect(info.tracks[0]?.source).toBe(ServerTrackSource.CAMERA);
  expect((await service.listParticipants('free')).map((one) => one.identity).toSorted()).toEqual(['ann', 'bob']);

  expect((await service.mutePublishedTrack('free', 'ann', film.sid, true)).muted).toBe(true);
  await expect.poll(() => [...bob.remoteParticipants.values()].some((one) =>
    [...one.trackPublications.values()].some((track) => track.muted))).toBe(true);
  await service.updateParticipant('free', 'bob', { metadata: 'b', name: 'Robert', attributes: { seat: '2' } });
  await expect.poll(() => ann.remoteParticipants.get('bob')?.attributes['seat']).toBe('2');
  expect(ann.remoteParticipants.get('bob')?.name).toBe('Robert');
  const demoted = await service.updateParticipant('free', 'bob', { permission: { canSubscribe: true, canPublish: false } });
  expect([demoted.permission?.canPublish, demoted.permission?.canSubscribe]).toEqual([false, true]);
  await service.updateSubscriptions('free', 'bob', [film.sid], false);
  await service.updateSubscriptions('free', 'bob', [film.sid], true);
  expect((await service.updateRoomMetadata('free', 'm2')).metadata).toBe('m2');
  await expect.poll(() => bob.metadata).toBe('m2');
  // A channel of data opens with the first media connection or soon after: what is sent before is for nobody.
  await expect.poll(async () => {
    await service.sendData('free', Buffer.from('hi'), DataPacket_Kind.RELIABLE, { destinationIdentities: ['bob'], topic: 't' });
    return data.length;
  }, { timeout: PATIENCE_MS }).toBeGreaterThan(0);
  expect(data[0]).toEqual({ payload: 'hi', topic: 't', sender: undefined });

  expect(await refusal(service.getParticipant('free', 'nobody'))).toBe('404 not_found');
  expect(await refusal(service.forwardParticipant('free', 'ann', 'other'))).toBe('501 unimplemented');
  expect(await refusal(service.moveParticipant('free', 'ann', 'other'))).toBe('501 unimplemented');
  expect(await refusal(new RoomServiceClient(server.url, KEY, 'wrong').listRooms())).toBe('401 unauthenticated');

  const gone = new Promise((resolve) => bob.once(RoomEvent.Disconnected, resolve));
  await service.removeParticipant('free', 'bob');
  await gone;
  film.stop();
  await service.deleteRoom('free');
  expect(await refusal(service.deleteRoom('free'))).toBe('404 not_found');
  await expect.poll(() => hooks.told('free').at(-1), { timeout: PATIENCE_MS }).toBe('room_finished');
  const told = hooks.told('free');
  expect(told.at(0)).toBe('room_started');
  expect(told.filter((event) => event === 'participant_joined')).toHaveLength(2);
  expect(told.filter((event) => event === 'participant_left')).toHaveLength(2);
  expect(told.indexOf('track_published')).toBeGreaterThan(told.indexOf('participant_joined'));
  expect(told.indexOf('track_unpublished')).toBeGreaterThan(told.indexOf('track_published'));
  expect(new Set(hooks.events.map((event) => event.id)).size).toBe(hooks.events.length);
  expect(hooks.doubts).toBe(0);
  await Promise.all([ann.disconnect(), bob.disconnect()]);
  await hooks.stop();
  expect(server.errors()).toEqual([]);
  await server.down();
});

test("in a session's room the stage's orders stand above every call", async () => {
  const server = await Server.start({ ONSTAGE_MEDIA_API_KEY: KEY, ONSTAGE_MEDIA_API_SECRET: SECRET });
  const api = new Api(server.url);
  const [host, viewer] = [await api.account('host_one', 'Mara'), await api.account('viewer_one', 'Luca')];
  const { id } = await api.must<{ id: string }>('POST', '/v1/sessions', host.token, { title: 'Show', mode: 'camera' });
  const { media } = await api.must<{ media: { url: string; token: string } }>('POST', `/v1/sessions/${id}/join`, viewer.token, {});
  const service = new RoomServiceClient(server.url, KEY, SECRET);
  const name = (await service.listRooms())[0]?.name ?? '';
  const luca = new Room();
  await luca.connect(media.url, media.token, { autoSubscribe: true, dynacast: false });
  const permission = { canSubscribe: true, canPublish: true, canPublishData: true };
  expect(await refusal(service.updateParticipant(name, viewer.id, { permission }))).toBe('412 failed_precondition');
  expect((await service.getParticipant(name, viewer.id)).permission?.canPublish).toBe(false);
  expect(await refusal(service.deleteRoom(name))).toBe('412 failed_precondition');
  const gone = new Promise((resolve) => luca.once(RoomEvent.Disconnected, resolve));
  await service.removeParticipant(name, viewer.id);
  await gone;
  expect((await service.listParticipants(name)).map((one) => one.identity)).not.toContain(viewer.id);
  await luca.disconnect();
  expect(server.errors()).toEqual([]);
  await server.down();
});

test.afterAll(async () => dispose());
