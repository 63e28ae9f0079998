// Catches a server that goes on sending what the way of a real browser cannot carry, never comes back from less, or lets
// a lost packet stop the picture.
import { chromium, expect, test, type Browser, type Page } from '@playwright/test';

import { Api } from '../support/api.ts';
import { Person } from '../support/person.ts';
import { connect, type Media } from '../support/sdk.ts';
import { freePort, Server, tcpIsFree } from '../support/server.ts';
import { BROWSER, canLose, Diary, lose, seen, SERVER_IP, shape } from './way.ts';

const PATIENCE_MS = 90_000;

/** Noise in two layers, which takes all the bits its encoder may have, and a tone. */
async function publishNoise(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    const picture = pen.createImageData(canvas.width, canvas.height);
    setInterval(() => {
      const words = new Uint32Array(picture.data.buffer);
      for (let place = 0; place < words.length; place += 1) words[place] = (Math.random() * 0xffffff) | 0xff000000;
      pen.putImageData(picture, 0, 0);
    }, 80);
    const [track] = canvas.captureStream(12).getVideoTracks();
    const { room } = globalThis as unknown as { room: import('livekit-client').Room };
    if (!track) throw new Error('no track');
    const audio = new AudioContext();
    const [voice, mouth] = [audio.createOscillator(), audio.createMediaStreamDestination()];
    voice.connect(mouth);
    voice.start();
    const [sound] = mouth.stream.getAudioTracks();
    if (!sound) throw new Error('no sound');
    await room.localParticipant.publishTrack(sound, { source: 'microphone' as import('livekit-client').Track.Source });
    await room.localParticipant.publishTrack(track, {
      name: 'noise',
      source: 'camera' as import('livekit-client').Track.Source,
      videoCodec: 'vp8',
      simulcast: true,
    });
  });
}

interface Show {
  server: Server;
  mara: Person;
  browser: Browser;
  page: Page;
}

/** A host on this side and a viewer behind the way, who sees the large picture. */
async function show(): Promise<Show> {
  const port = await freePort(tcpIsFree);
  const server = await Server.start({ ONSTAGE_SERVER_LISTEN: `${SERVER_IP}:${port}`, ONSTAGE_MEDIA_LISTEN: SERVER_IP });
  const api = new Api(server.url);
  const [host, viewer] = [await api.account('host_one', 'Mara'), await api.account('viewer_one', 'Luca')];
  const { id } = await api.must<{ id: string }>('POST', '/v1/sessions', host.token, { title: 'Narrow', mode: 'camera' });
  const join = async (token: string): Promise<Media> =>
    (await api.must<{ media: Media }>('POST', `/v1/sessions/${id}/join`, token, {})).media;
  const mara = await Person.open('Mara', server.url, { bypassCSP: true });
  await connect(mara, await join(host.token), false);
  await publishNoise(mara.page);
  const browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'] });
  const page = await (await browser.newContext({ baseURL: server.url, bypassCSP: true })).newPage();
  await connect({ page } as Person, await join(viewer.token), false);
  await expect.poll(async () => (await seen(page)).height, { timeout: PATIENCE_MS }).toBe(360);
  return { server, mara, browser, page };
}

async function close({ server, mara, browser }: Show): Promise<void> {
  await browser.close();
  await mara.close();
  expect(server.errors()).toEqual([]);
  await server.down();
}

const stay = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

test('a browser on a way that becomes narrow sees a smaller picture, and the large one when it is wide again', async () => {
  const all = await show();
  const { page } = all;
  const diary = new Diary(page);
  const height = async (): Promise<number> => (await seen(page)).height;
  try {
    diary.note('5 Mbit/s');
    shape('5mbit');
    await stay(15);
    diary.note('300 kbit/s');
    shape('300kbit');
    await expect.poll(height, { timeout: PATIENCE_MS }).toBe(180);
    const { frames } = await seen(page);
    await expect.poll(async () => (await seen(page)).frames, { timeout: PATIENCE_MS }).toBeGreaterThan(frames + 30);
    await stay(20);
    diary.note('5 Mbit/s');
    shape('5mbit');
    await expect.poll(height, { timeout: PATIENCE_MS }).toBe(360);
    await stay(15);
  } finally {
    await diary.end('step', 'Chromium: 5 Mbit/s, 300 kbit/s, 5 Mbit/s');
    shape();
  }
  await close(all);
});

async function losesPackets(): Promise<void> {
  const all = await show();
  const diary = new Diary(all.page);
  try {
    for (const percent of [0, 2, 5, 10, 20, 0]) {
      diary.note(`${percent} % lost`);
      lose(percent);
      const { frames } = await seen(all.page);
      await expect.poll(async () => (await seen(all.page)).frames, { timeout: PATIENCE_MS }).toBeGreaterThan(frames + 5);
      await stay(20);
    }
  } finally {
    await diary.end('loss', 'Chromium: 0, 2, 5, 10, 20, 0 % of the datagrams lost');
    lose(0);
  }
  await close(all);
}
if (canLose) test('a browser that loses packets goes on seeing and hearing', losesPackets);
