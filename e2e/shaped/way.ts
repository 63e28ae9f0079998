// The way to a browser in a namespace of its own: how fast it is, how much it loses, and what its viewer sees meanwhile.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start scripts/shaped.sh`);
  return value;
}

export const SERVER_IP = setting('SHAPED_SERVER_IP');
export const BROWSER = setting('SHAPED_BROWSER');
const DEVICE = setting('SHAPED_DEVICE');
const SPACE = setting('SHAPED_SPACE');
const FOLDER = setting('SHAPED_FOLDER');

/** How fast the way to the viewer is from now on; nothing: as fast as it likes. */
export function shape(rate?: string): void {
  const words = rate ? ['replace', 'dev', DEVICE, 'root', 'tbf', 'rate', rate, 'burst', '4kb', 'latency', '400ms'] : ['del', 'dev', DEVICE, 'root'];
  execFileSync('tc', ['qdisc', ...words]);
}

/** Whether packets can be lost by chance here: nft and its number generator. */
export const canLose = setting('SHAPED_CAN_LOSE') === 'yes';

/** How many of a hundred datagrams to the viewer are lost from now on. */
export function lose(percent: number): void {
  const nft = (...words: string[]): unknown => execFileSync('ip', ['netns', 'exec', SPACE, 'nft', ...words]);
  nft('flush', 'chain', 'inet', 'way', 'in');
  if (percent > 0) nft(`add rule inet way in meta l4proto udp numgen random mod 100 < ${percent} drop`);
}

/** What a viewer's decoder says. */
export interface Seen {
  /** Lines of the picture. */
  height: number;
  frames: number;
  freezes: number;
  frozenSeconds: number;
  bytes: number;
  lost: number;
  /** Sound that was made up because none came, in seconds. */
  concealedSeconds: number;
}

export async function seen(page: Page): Promise<Seen> {
  return page.evaluate(async () => {
    const { room } = globalThis as unknown as { room: import('livekit-client').Room };
    const now = { height: 0, frames: 0, freezes: 0, frozenSeconds: 0, bytes: 0, lost: 0, concealedSeconds: 0 };
    for (const person of room.remoteParticipants.values()) {
      for (const publication of person.trackPublications.values()) {
        const report = await publication.track?.getRTCStatsReport?.();
        for (const entry of report?.values() ?? []) {
          if (entry.type !== 'inbound-rtp') continue;
          now.lost += entry.packetsLost ?? 0;
          now.bytes += entry.bytesReceived ?? 0;
          if (entry.kind === 'audio') now.concealedSeconds = (entry.concealedSamples ?? 0) / 48_000;
          if (entry.kind !== 'video') continue;
          now.height = entry.frameHeight ?? 0;
          now.frames = entry.framesDecoded ?? 0;
          now.freezes = entry.freezeCount ?? 0;
          now.frozenSeconds = entry.totalFreezesDuration ?? 0;
        }
      }
    }
    return now;
  });
}

export interface Sample extends Seen {
  at: number;
  /** What the way is like now, when that has just changed. */
  change?: string;
}

/** Looks every half second. */
export class Diary {
  readonly samples: Sample[] = [];
  readonly #begun = Date.now();
  #change: string | undefined;
  #going = true;
  readonly #done: Promise<void>;

  constructor(private readonly page: Page) {
    this.#done = this.#write();
  }

  /** From now on the way is like this. */
  note(change: string): void {
    this.#change = change;
  }

  get seconds(): number {
    return (Date.now() - this.#begun) / 1000;
  }

  async end(name: string, title: string): Promise<void> {
    this.#going = false;
    await this.#done;
    writeFileSync(`${FOLDER}/${name}.svg`, plot(title, this.samples));
    writeFileSync(`${FOLDER}/${name}.txt`, table(this.samples));
  }

  async #write(): Promise<void> {
    while (this.#going) {
      const now = await seen(this.page);
      const sample: Sample = { at: this.seconds, ...now };
      if (this.#change) sample.change = this.#change;
      this.#change = undefined;
      this.samples.push(sample);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

interface Rates {
  at: number;
  lines: number;
  frames: number;
  kilobits: number;
}

function rates(samples: Sample[]): Rates[] {
  return samples.slice(2).map((now, place) => {
    const before = samples[place] ?? now;
    const span = Math.max(now.at - before.at, 0.001);
    return { at: now.at, lines: now.height, frames: (now.frames - before.frames) / span, kilobits: ((now.bytes - before.bytes) * 8) / 1000 / span };
  });
}

/** One line for each five seconds and each change. */
function table(samples: Sample[]): string {
  const lines = ['  second  lines  frames/s  kbit/s  freezes  frozen s  lost  concealed s'];
  let last: Sample | undefined;
  for (const now of samples) {
    if (now.change) lines.push(`-- ${now.change}`);
    if (last && now.at - last.at < 5 && !now.change) continue;
    const before = last ?? now;
    const span = Math.max(now.at - before.at, 0.001);
    const cells = [now.at.toFixed(1), now.height, ((now.frames - before.frames) / span).toFixed(1), (((now.bytes - before.bytes) * 8) / 1000 / span).toFixed(0)];
    cells.push(now.freezes, now.frozenSeconds.toFixed(1), now.lost, now.concealedSeconds.toFixed(1));
    lines.push(cells.map((cell, place) => String(cell).padStart([8, 7, 10, 8, 9, 10, 6, 13][place] ?? 8)).join(''));
    last = now;
  }
  return `${lines.join('\n')}\n`;
}

function plot(title: string, samples: Sample[]): string {
  const all = rates(samples);
  const end = Math.max(all.at(-1)?.at ?? 1, 1);
  const x = (at: number): number => 60 + (at / end) * 720;
  const panels = [
    { name: 'lines', of: (one: Rates) => one.lines },
    { name: 'frames/s', of: (one: Rates) => one.frames },
    { name: 'kbit/s', of: (one: Rates) => one.kilobits },
  ].map(({ name, of }, place) => {
    const most = Math.max(...all.map(of), 1);
    const floor = 150 + place * 130;
    const points = all.map((one) => `${x(one.at).toFixed(1)},${(floor - (of(one) / most) * 90).toFixed(1)}`).join(' ');
    return `<text x="10" y="${floor - 80}">${name}</text><text x="10" y="${floor - 64}">${Math.round(most)}</text><polyline fill="none" stroke="#175" points="${points}"/><line x1="60" x2="780" y1="${floor}" y2="${floor}" stroke="#999"/>`;
  });
  const changes = samples.filter((one) => one.change).map((one) => `<line x1="${x(one.at)}" x2="${x(one.at)}" y1="40" y2="410" stroke="#a33" stroke-dasharray="4"/><text x="${x(one.at) + 3}" y="50">${one.change}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="440" font-family="sans-serif" font-size="11"><rect width="800" height="440" fill="#fff"/><text x="10" y="20" font-size="14">${title}</text>${panels.join('')}${changes.join('')}<text x="720" y="430">${Math.round(end)} s</text></svg>\n`;
}
