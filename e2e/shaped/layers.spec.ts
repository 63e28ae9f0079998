// Catches a server that goes on sending what the way of a real browser cannot carry, or never comes back from less.
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { chromium, expect, test, type Page } from '@playwright/test';

import { Api } from '../support/api.ts';
import { Person } from '../support/person.ts';
import { connect, type Media } from '../support/sdk.ts';
import { freePort, Server, tcpIsFree } from '../support/server.ts';

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start scripts/shaped.sh`);
  return value;
}

const SERVER_IP = setting('SHAPED_SERVER_IP');
const DEVICE = setting('SHAPED_DEVICE');
const BROWSER = setting('SHAPED_BROWSER');
const PATIENCE_MS = 90_000;

/** How fast the way to the viewer is from now on; nothing: as fast as it likes. */
function shape(rate?: string): void {
  const words = rate ? ['replace', 'dev', DEVICE, 'root', 'tbf', 'rate', rate, 'burst', '4kb', 'latency', '400ms'] : ['del', 'dev', DEVICE, 'root'];
  execFileSync('tc', ['qdisc', ...words]);
}

/** Noise in two layers, which takes all the bits its encoder may have. */
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
    await room.localParticipant.publishTrack(track, {
      name: 'noise',
      source: 'camera' as import('livekit-client').Track.Source,
      videoCodec: 'vp8',
      simulcast: true,
    });
  });
}

/** What the viewer's decoder says: lines of the picture, frames, freezes, bytes. */
async function seen(page: Page): Promise<{ height: number; frames: number; freezes: number; bytes: number }> {
  return page.evaluate(async () => {
    const { room } = globalThis as unknown as { room: import('livekit-client').Room };
    for (const person of room.remoteParticipants.values()) {
      for (const publication of person.trackPublications.values()) {
        const report = await publication.track?.getRTCStatsReport?.();
        for (const entry of report?.values() ?? []) {
          if (entry.type === 'inbound-rtp' && entry.kind === 'video') {
            const { frameHeight, framesDecoded, freezeCount, bytesReceived } = entry;
            return { height: frameHeight ?? 0, frames: framesDecoded ?? 0, freezes: freezeCount ?? 0, bytes: bytesReceived ?? 0 };
          }
        }
      }
    }
    return { height: 0, frames: 0, freezes: 0, bytes: 0 };
  });
}

async function note(words: string, page: Page): Promise<void> {
  const line = `${new Date().toISOString()} ${words} ${JSON.stringify(await seen(page))}\n`;
  process.stdout.write(line);
  const file = process.env['SHAPED_LOG'];
  if (file) appendFileSync(file, line);
}

test('a browser on a way that becomes narrow sees a smaller picture, and the large one when it is wide again', async () => {
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

  const height = async (): Promise<number> => (await seen(page)).height;
  await expect.poll(height, { timeout: PATIENCE_MS }).toBe(360);
  await note('wide:', page);
  let began = Date.now();
  shape('250kbit');
  await expect.poll(height, { timeout: PATIENCE_MS }).toBe(180);
  await note(`narrow, smaller after ${Date.now() - began} ms:`, page);
  const { frames } = await seen(page);
  await expect.poll(async () => (await seen(page)).frames, { timeout: PATIENCE_MS }).toBeGreaterThan(frames + 30);
  await note('narrow, and moving:', page);
  began = Date.now();
  shape();
  await expect.poll(height, { timeout: PATIENCE_MS }).toBe(360);
  await note(`wide again, large after ${Date.now() - began} ms:`, page);

  await browser.close();
  await mara.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});
