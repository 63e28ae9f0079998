// Catches what only other clients notice: Firefox with its own WebRTC stack and full ICE, a client a year old, the
// single connection that the current one makes by default, and pictures in H.264.
import { expect, test } from '@playwright/test';

import { Api } from '../support/api.ts';
import { AppOrigin } from '../support/app.ts';
import { nearest } from '../support/film.ts';
import { Fox } from '../support/firefox.ts';
import { Person } from '../support/person.ts';
import { connect, DUAL, type Media, type Stock } from '../support/sdk.ts';
import { Server } from '../support/server.ts';
import { goLive, signUp } from '../support/steps.ts';

const FRAMES_MIN = 50;
const VOICE = 0.02;

interface Stage {
  host: Media;
  guest: Media;
  guestId: string;
  viewer: Media;
}

/** A show with a host, a guest on stage and a viewer, none of them connected yet. */
async function stage(server: Server): Promise<Stage> {
  const api = new Api(server.url);
  const [host, guest, viewer] = [await api.account('host_one', 'Mara'), await api.account('guest_one', 'Kofi'), await api.account('viewer_one', 'Luca')];
  const { id } = await api.must<{ id: string }>('POST', '/v1/sessions', host.token, { title: 'Every client', mode: 'camera' });
  const join = async (token: string): Promise<Media> =>
    (await api.must<{ media: Media }>('POST', `/v1/sessions/${id}/join`, token, {})).media;
  await join(guest.token);
  const asked = await api.must<{ id: string }>('POST', `/v1/sessions/${id}/requests`, guest.token, {});
  await api.must('POST', `/v1/sessions/${id}/requests/${asked.id}/accept`, host.token, {});
  return { host: await join(host.token), guest: await join(guest.token), guestId: guest.id, viewer: await join(viewer.token) };
}

const LAYOUTS: [string, Stock][] = [
  ['one connection', {}],
  ['two connections', DUAL],
];

for (const [words, stock] of LAYOUTS) {
  test(`Firefox is a guest with ${words}: it sees Chromium, and Chromium sees and hears it`, async () => {
    const server = await Server.start();
    const app = await AppOrigin.start();
    const { host, guest, guestId } = await stage(server);
    const mara = await Person.open('Mara', server.url, { colour: 'red', bypassCSP: true });
    await connect(mara, host, true, stock);
    const fox = await Fox.open();
    await fox.connect(app.origin, guest, true, stock);
    await fox.seesFrames(FRAMES_MIN, 'Mara');
    expect(nearest(await fox.colour())).toBe('red');
    await mara.seesAdvancing('Kofi');
    await expect.poll(() => mara.hears(guestId), { message: 'Mara hears Firefox', timeout: 60_000 }).toBeGreaterThan(VOICE);
    await fox.close();
    await mara.close();
    expect(server.errors()).toEqual([]);
    await app.close();
    await server.down();
  });
}

test('Firefox watches in the web app', async () => {
  const server = await Server.start();
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  await signUp(mara, 'mara');
  const session = await goLive(mara, 'For every browser');
  const fox = await Fox.open();
  await fox.page.goto(`${server.url}/s/${session}`);
  await fox.seesFrames(FRAMES_MIN, 'Mara in the web app');
  expect(nearest(await fox.colour())).toBe('red');
  await fox.page.screenshot({ path: 'out/firefox-watch.png' });
  await fox.close();
  await mara.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});

interface Coded {
  /** The codecs of all streams of the page's pictures. */
  codecs: string[];
  /** Lines of the largest picture that goes out, or of the one that came. */
  rows: number;
}

/** What a page's pictures are coded with on their way out or in, by the browser's own reports. */
async function coded(person: Person, way: 'outbound-rtp' | 'inbound-rtp'): Promise<Coded> {
  return person.page.evaluate(async (type) => {
    const { room } = globalThis as unknown as { room: import('livekit-client').Room };
    const codecs: string[] = [];
    let rows = 0;
    for (const one of [room.localParticipant, ...room.remoteParticipants.values()]) {
      for (const { track } of one.videoTrackPublications.values()) {
        const report = (await track?.getRTCStatsReport()) ?? new Map<string, Record<string, unknown>>();
        for (const entry of report.values() as Iterable<Record<string, unknown>>) {
          if (entry['type'] !== type || entry['frameHeight'] === undefined) continue;
          codecs.push(String((report.get(String(entry['codecId'])) as { mimeType?: string } | undefined)?.mimeType));
          rows = Math.max(rows, Number(entry['frameHeight']));
        }
      }
    }
    return { codecs, rows };
  }, way);
}

test('H.264 goes from browser to browser, in two layers', async () => {
  const server = await Server.start();
  const { host, viewer } = await stage(server);
  const mara = await Person.open('Mara', server.url, { colour: 'red', bypassCSP: true });
  const luca = await Person.open('Luca', server.url, { bypassCSP: true });
  await connect(mara, host, true, { options: { publishDefaults: { videoCodec: 'h264' } } });
  await connect(luca, viewer, false, DUAL);
  await luca.sees('Mara', 'red');
  await expect
    .poll(() => coded(mara, 'outbound-rtp'), { message: 'both layers leave in H.264', timeout: 60_000 })
    .toEqual({ codecs: ['video/H264', 'video/H264'], rows: 360 });
  for (const [quality, rows] of [[2, 360], [0, 180], [2, 360]] as const) {
    await luca.page.evaluate((wanted) => {
      const { room } = globalThis as unknown as { room: import('livekit-client').Room };
      for (const one of room.remoteParticipants.values()) {
        for (const publication of one.videoTrackPublications.values()) publication.setVideoQuality(wanted);
      }
    }, quality);
    await expect
      .poll(() => coded(luca, 'inbound-rtp'), { message: `a picture of ${rows} lines is decoded`, timeout: 60_000 })
      .toEqual({ codecs: ['video/H264'], rows });
    await luca.seesAdvancing('Mara');
  }
  await luca.sees('Mara', 'red');
  for (const person of [mara, luca]) await person.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});

test('a client a year old and the current one are on one stage', async () => {
  const server = await Server.start();
  const { host, guest, viewer } = await stage(server);
  const mara = await Person.open('Mara', server.url, { colour: 'red', size: 'small', bypassCSP: true });
  const kofi = await Person.open('Kofi', server.url, { colour: 'blue', size: 'small', bypassCSP: true });
  const luca = await Person.open('Luca', server.url, { bypassCSP: true });
  await connect(mara, host, true, {});
  await connect(kofi, guest, true, { release: 'livekit-client-2.15' });
  await connect(luca, viewer, false, { release: 'livekit-client-2.15' });
  await mara.sees('Kofi', 'blue');
  await kofi.sees('Mara', 'red');
  await luca.sees('Mara', 'red');
  await luca.sees('Kofi', 'blue');
  for (const person of [mara, kofi, luca]) await person.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});
