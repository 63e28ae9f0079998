// Catches a hidden camera that still films, a picture only our own page shows, and a swap that disturbs the line.
import { expect, test } from '@playwright/test';

import { Api } from '../support/api.ts';
import { Person } from '../support/person.ts';
import { connect, type Media } from '../support/sdk.ts';
import { Server } from '../support/server.ts';
import { goLive, signUp, watch } from '../support/steps.ts';

/** A green picture of 1600 x 900, as a file somebody chooses. */
const GREEN = (): string => {
  const canvas = document.createElement('canvas');
  canvas.width = 1600;
  canvas.height = 900;
  const context = canvas.getContext('2d');
  if (context) {
    context.fillStyle = 'rgb(30, 190, 40)';
    context.fillRect(0, 0, 1600, 900);
  }
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
};

test('a host hides the camera: the device is off, and everybody, stock clients too, sees the picture instead', async () => {
  const server = await Server.start();
  const mara = await Person.open('Mara', server.url, { colour: 'red' });
  const luca = await Person.open('Luca', server.url);
  const sdk = await Person.open('Noor', server.url, { bypassCSP: true });
  await mara.page.addInitScript(() => {
    const counts = { cameras: [] as MediaStreamTrack[], offers: 0 };
    Object.assign(globalThis, { counts });
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      counts.cameras.push(...stream.getVideoTracks());
      return stream;
    };
    const offer = RTCPeerConnection.prototype.createOffer as (...all: unknown[]) => Promise<RTCSessionDescriptionInit>;
    Object.assign(RTCPeerConnection.prototype, {
      createOffer(this: RTCPeerConnection, ...all: unknown[]) {
        counts.offers += 1;
        return offer.apply(this, all);
      },
    });
  });
  const counts = () =>
    mara.page.evaluate(() => {
      const { cameras, offers } = (globalThis as unknown as { counts: { cameras: MediaStreamTrack[]; offers: number } }).counts;
      return { live: cameras.filter((track) => track.readyState === 'live').length, offers };
    });

  await signUp(mara, 'mara');
  const session = await goLive(mara, 'Behind the curtain');
  await watch(luca, session);
  const api = new Api(server.url);
  const noor = await api.account('noor', 'Noor');
  const { media } = await api.must<{ media: Media }>('POST', `/v1/sessions/${session}/join`, noor.token, {});
  await connect(sdk, media, false);
  await luca.sees('Mara', 'red', 30_000);
  await sdk.sees('Mara', 'red', 30_000);
  const before = await counts();
  expect(before.live).toBe(1);

  await mara.page.getByRole('button', { name: 'Hide camera', exact: true }).click();
  await expect(mara.page.getByRole('button', { name: 'Take picture away', exact: true })).toBeVisible();
  await expect.poll(async () => (await counts()).live, { message: 'the camera is off', timeout: 30_000 }).toBe(0);
  const buffer = Buffer.from(await mara.page.evaluate(GREEN), 'base64');
  await mara.page.getByRole('button', { name: 'Change your picture', exact: true }).click();
  await mara.page.getByTestId('picture-file').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer });
  await expect(mara.page.getByRole('button', { name: 'Remove it', exact: true })).toBeVisible();
  await mara.page.keyboard.press('Escape');
  await luca.sees('Mara', 'green', 30_000);
  await sdk.sees('Mara', 'green', 30_000);
  expect(await counts()).toEqual({ live: 0, offers: before.offers });

  await mara.page.getByRole('button', { name: 'Turn on camera', exact: true }).click();
  await luca.sees('Mara', 'red', 30_000);
  await sdk.sees('Mara', 'red', 30_000);
  expect(await counts()).toEqual({ live: 1, offers: before.offers });

  for (const person of [mara, luca, sdk]) await person.close();
  expect(server.errors()).toEqual([]);
  await server.down();
});
