// Firefox as Debian ships it, driven over WebDriver BiDi: another WebRTC stack, with its own fake camera and microphone.
import { readFile } from 'node:fs/promises';

import { expect } from '@playwright/test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';

import { script, type Media, type Stock } from './sdk.ts';

const FIREFOX = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr';

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // Everything runs on this machine, whether or not it has a network.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'network.connectivity-service.enabled': false,
  'app.update.auto': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'ui.prefersReducedMotion': 1,
};

export class Fox {
  private constructor(
    readonly browser: Browser,
    readonly page: Page,
  ) {}

  static async open(): Promise<Fox> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX,
      headless: true,
      extraPrefsFirefox: PREFERENCES,
      timeout: 120_000,
      protocolTimeout: 180_000,
    });
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    return new Fox(browser, page);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** The stock client on an empty page of `origin`, as `connect` has it for Chromium. */
  async connect(origin: string, media: Media, publish: boolean, stock: Stock): Promise<void> {
    await this.page.goto(origin);
    await this.page.evaluate(await readFile(script(stock.release ?? 'livekit-client'), 'utf8'));
    await this.page.evaluate(
      async (url, token, wants, options) => {
        const { Room, RoomEvent } = (globalThis as unknown as { LivekitClient: typeof import('livekit-client') }).LivekitClient;
        const room = new Room({ adaptiveStream: false, dynacast: true, ...options });
        room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
          const element = track.attach();
          element.dataset['userId'] = participant.identity;
          document.body.append(element);
        });
        Object.assign(globalThis, { room });
        await room.connect(url, token);
        if (wants) await room.localParticipant.enableCameraAndMicrophone();
      },
      media.url,
      media.token,
      publish,
      stock.options ?? {},
    );
  }

  /** Waits until so many frames of the page's first picture were shown. Firefox keeps no count for streams: we do. */
  async seesFrames(wanted: number, what: string): Promise<void> {
    const frames = () =>
      this.page.evaluate(() => {
        const page = globalThis as unknown as { counted?: { video: HTMLVideoElement; frames: number } };
        const video = document.querySelector('video');
        if (video === null) return -1;
        if (page.counted?.video !== video) {
          const counted = { video, frames: 0 };
          const count = (): void => {
            counted.frames += 1;
            video.requestVideoFrameCallback(count);
          };
          video.requestVideoFrameCallback(count);
          page.counted = counted;
        }
        return page.counted.frames;
      });
    await expect.poll(frames, { message: `Firefox shows ${what}`, timeout: 90_000 }).toBeGreaterThanOrEqual(wanted);
  }

  /** Colour in the middle of the page's first picture. */
  async colour(): Promise<[number, number, number]> {
    return this.page.evaluate((): [number, number, number] => {
      const video = document.querySelector('video');
      const context = new OffscreenCanvas(8, 8).getContext('2d');
      if (video === null || context === null || video.videoWidth === 0) return [0, 0, 0];
      context.drawImage(video, video.videoWidth / 4, video.videoHeight / 4, video.videoWidth / 2, video.videoHeight / 4, 0, 0, 8, 8);
      const [r = 0, g = 0, b = 0] = context.getImageData(4, 4, 1, 1).data;
      return [r, g, b];
    });
  }
}
