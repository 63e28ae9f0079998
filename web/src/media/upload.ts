// How well my own picture and sound go out: rate, loss and frames, measured every few seconds.
import { LocalAudioTrack, LocalVideoTrack, type LocalParticipant } from 'livekit-client';
import type { Upload } from './state';

const EVERY_MS = 3_000;

/** Sums since the tracks were published. */
export interface Sent {
  atMs: number;
  bytes: number;
  packets: number;
  lost: number;
  /** Frames a second of the best layer, if there is a picture. */
  fps: number | null;
}

/** What happened between two readings; null where they do not follow each other. */
export function uploadBetween(before: Sent, now: Sent): Upload | null {
  const seconds = (now.atMs - before.atMs) / 1000;
  const packets = now.packets - before.packets;
  if (seconds <= 0 || packets <= 0 || now.bytes < before.bytes) return null;
  const lost = Math.max(0, now.lost - before.lost);
  return { bitsPerSecond: Math.round(((now.bytes - before.bytes) * 8) / seconds), loss: Math.min(1, lost / packets), fps: now.fps === null ? null : Math.round(now.fps) };
}

async function read(local: LocalParticipant, atMs: number): Promise<Sent> {
  const sent: Sent = { atMs, bytes: 0, packets: 0, lost: 0, fps: null };
  for (const { track } of local.trackPublications.values()) {
    const layers = track instanceof LocalVideoTrack ? await track.getSenderStats() : [];
    const voice = track instanceof LocalAudioTrack ? await track.getSenderStats() : undefined;
    for (const part of voice === undefined ? layers : [voice]) {
      sent.bytes += part.bytesSent ?? 0;
      sent.packets += part.packetsSent ?? 0;
      sent.lost += part.packetsLost ?? 0;
    }
    for (const layer of layers) sent.fps = Math.max(sent.fps ?? 0, layer.framesPerSecond ?? 0);
  }
  return sent;
}

export class UploadMeter {
  private timer: ReturnType<typeof setInterval> | null = null;
  private last: Sent | null = null;
  private reading = false;

  constructor(private readonly report: (upload: Upload | null) => void) {}

  start(local: LocalParticipant): void {
    this.stop();
    this.timer = setInterval(() => void this.measure(local), EVERY_MS);
  }

  private async measure(local: LocalParticipant): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    const now = await read(local, performance.now()).catch(() => null);
    this.reading = false;
    if (this.timer === null) return;
    this.report(now === null || this.last === null ? null : uploadBetween(this.last, now));
    this.last = now;
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.last = null;
  }
}
