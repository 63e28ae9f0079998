// A person: one browser process with a camera of their own, and what they see and hear.
import { chromium, expect, type Browser, type Locator, type Page } from '@playwright/test';

import { film, nearest, tone, type Colour, type Size } from './film.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export interface Options {
  /** Colour of the film in the fake camera; none: no camera and no microphone. */
  colour?: Colour;
  /** How large that film is. */
  size?: Size;
  /** What the browser answers when the page asks for devices. */
  devices?: 'allow' | 'deny';
  /** A narrow screen with touch. */
  phone?: boolean;
  /** For pages that load a client library of their own into ours. */
  bypassCSP?: boolean;
  /** Two browsers talk to each other here, also where this machine has no network. */
  mesh?: boolean;
  /** Media may use relays only; where there is none it has no way. */
  noUdp?: boolean;
  /** Media reaches the server by TCP only: a network that lets no UDP pass, and no relay. */
  tcpOnly?: boolean;
}

export class Person {
  /** What the page wrote to its console as an error, and what it threw. */
  readonly complaints: string[] = [];

  private constructor(
    readonly name: string,
    readonly browser: Browser,
    readonly page: Page,
  ) {}

  static async open(name: string, url: string, options: Options = {}): Promise<Person> {
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      '--autoplay-policy=no-user-gesture-required',
    ];
    if (options.mesh) args.push('--allow-loopback-in-peer-connection');
    if (options.colour) {
      args.push(
        options.devices === 'deny' ? '--deny-permission-prompts' : '--use-fake-ui-for-media-stream',
        `--use-fake-device-for-media-stream=fps=${options.size === 'small' ? 8 : 15}`,
        `--use-file-for-fake-video-capture=${film(options.colour, options.size)}`,
        `--use-file-for-fake-audio-capture=${tone()}`,
      );
    }
    const browser = await chromium.launch({ executablePath: CHROMIUM, args });
    const viewport = options.phone ? { width: 390, height: 844 } : options.size === 'small' ? { width: 1024, height: 640 } : { width: 1280, height: 800 };
    const context = await browser.newContext({ baseURL: url, viewport, reducedMotion: 'reduce', bypassCSP: options.bypassCSP ?? false });
    if (options.noUdp) {
      await context.addInitScript(() => {
        const Direct = RTCPeerConnection;
        globalThis.RTCPeerConnection = class extends Direct {
          constructor(configuration?: RTCConfiguration) {
            super({ ...configuration, iceTransportPolicy: 'relay' });
          }
          override setConfiguration(configuration?: RTCConfiguration): void {
            super.setConfiguration({ ...configuration, iceTransportPolicy: 'relay' });
          }
        };
      });
    }
    if (options.tcpOnly) {
      await context.addInitScript(() => {
        const Direct = RTCPeerConnection;
        const byTcp = (line: string): boolean => !/candidate:\S+ \d+ udp /i.test(line);
        globalThis.RTCPeerConnection = class extends Direct {
          constructor(configuration?: RTCConfiguration) {
            super({ ...configuration, iceServers: [], iceTransportPolicy: 'all' });
          }
          override setConfiguration(configuration?: RTCConfiguration): void {
            super.setConfiguration({ ...configuration, iceServers: [], iceTransportPolicy: 'all' });
          }
          override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
            const sdp = (description.sdp ?? '').split('\r\n').filter(byTcp).join('\r\n');
            return super.setRemoteDescription({ type: description.type, sdp });
          }
          override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
            if (byTcp(candidate?.candidate ?? '')) return super.addIceCandidate(candidate);
          }
        };
      });
    }
    const page = await context.newPage();
    const person = new Person(name, browser, page);
    page.on('pageerror', (error) => person.complaints.push(String(error)));
    return person;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Waits until this person sees `whose` picture in `colour` with frames that advance. */
  async sees(whose: string, colour: Colour, timeout = 60_000): Promise<void> {
    await expect.poll(async () => this.#colourOf(whose), { message: `${this.name} sees ${whose} in ${colour}`, timeout }).toBe(colour);
    await this.seesAdvancing(whose, timeout);
  }

  /** Waits for frames that come from now on; a picture attached anew counts from zero, and its frames count too. */
  async seesAdvancing(whose: string, timeout = 60_000): Promise<void> {
    let last = await this.framesOf(whose);
    let come = 0;
    await expect
      .poll(
        async () => {
          const now = await this.framesOf(whose);
          if (now > last) come += now - last;
          last = now;
          return come;
        },
        { message: `${whose}'s frames advance at ${this.name}'s`, timeout },
      )
      .toBeGreaterThan(3);
  }

  /** Waits until so many tiles have pictures whose frames all advance from now on. */
  async seesEverybodyMove(tiles: number, timeout = 60_000): Promise<void> {
    await this.page.evaluate(() => Object.assign(globalThis, { firstFrames: new Map<Element, number>() }));
    await this.page.waitForFunction(
      (wanted) => {
        const { firstFrames } = globalThis as unknown as { firstFrames: Map<Element, number> };
        const videos = [...document.querySelectorAll<HTMLVideoElement>('video[data-testid="tile-video"]')];
        const moves = (video: HTMLVideoElement): boolean => {
          const frames = video.getVideoPlaybackQuality().totalVideoFrames;
          if (!firstFrames.has(video)) firstFrames.set(video, frames);
          return frames > (firstFrames.get(video) ?? 0) + 3;
        };
        return videos.length >= wanted && videos.map(moves).every(Boolean);
      },
      tiles,
      { timeout, polling: 100 },
    );
  }

  /** Frames shown of a person's tile, -1 when there is no picture. */
  async framesOf(whose: string): Promise<number> {
    return this.#videoOf(whose).evaluateAll(([video]) => (video instanceof HTMLVideoElement ? video.getVideoPlaybackQuality().totalVideoFrames : -1));
  }

  /** Asked with `evaluateAll`, which takes a tile that has just gone for what it is. */
  #videoOf(whose: string): Locator {
    return this.page.getByRole('group', { name: whose, exact: true }).locator('video');
  }

  async #colourOf(whose: string): Promise<Colour | 'none' | 'absent'> {
    const pixel = await this.#videoOf(whose).evaluateAll(([video]): [number, number, number] | null => {
      if (!(video instanceof HTMLVideoElement)) return null;
      const canvas = new OffscreenCanvas(8, 8);
      const context = canvas.getContext('2d');
      if (!context || video.videoWidth === 0) return [0, 0, 0];
      context.drawImage(video, video.videoWidth / 4, video.videoHeight / 4, video.videoWidth / 2, video.videoHeight / 4, 0, 0, 8, 8);
      const [r = 0, g = 0, b = 0] = context.getImageData(4, 4, 1, 1).data;
      return [r, g, b];
    });
    return pixel === null ? 'absent' : nearest(pixel);
  }

  /** Loudness (RMS, 0–1) of what this person hears of another over `ms` milliseconds: the loudest window. */
  async hears(userId: string, ms = 600): Promise<number> {
    return this.page.evaluate(
      async ([id, duration]) => {
        const element = document.querySelector<HTMLAudioElement>(`audio[data-user-id="${id}"]`);
        const stream = element?.srcObject;
        if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0) return 0;
        const audio = new AudioContext();
        await audio.resume();
        const analyser = audio.createAnalyser();
        analyser.fftSize = 2048;
        audio.createMediaStreamSource(stream).connect(analyser);
        const window = new Float32Array(analyser.fftSize);
        let loudest = 0;
        const end = performance.now() + duration;
        while (performance.now() < end) {
          await new Promise((resolve) => requestAnimationFrame(resolve));
          analyser.getFloatTimeDomainData(window);
          loudest = Math.max(loudest, Math.sqrt(window.reduce((sum, x) => sum + x * x, 0) / window.length));
        }
        await audio.close();
        return loudest;
      },
      [userId, ms] as const,
    );
  }
}
