// Fake cameras and microphones: a film with a colour marker and a moving bar, and a tone, each made once.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type Colour = 'red' | 'green' | 'blue' | 'yellow' | 'magenta' | 'cyan';

const RGB: Record<Colour, [number, number, number]> = {
  red: [220, 30, 30],
  green: [30, 190, 40],
  blue: [30, 50, 220],
  yellow: [220, 210, 30],
  magenta: [210, 30, 200],
  cyan: [30, 200, 210],
};

/** Large enough for two layers; small where four people publish at once on two cores. */
const SIZES = { medium: { width: 640, height: 360, fps: 15 }, small: { width: 320, height: 180, fps: 8 } } as const;
export type Size = keyof typeof SIZES;

const FRAMES = 15;
const folder = path.join(tmpdir(), 'onstage-films');

/** A whole film or none: a run that is stopped in the middle must not leave half of one to the next. */
function keep(file: string, content: Buffer): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
  return file;
}

function yuv([r, g, b]: [number, number, number]): [number, number, number] {
  const y = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256;
  const u = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256;
  const v = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256;
  return [Math.round(y), Math.round(u), Math.round(v)];
}

/** A .y4m of one colour with a white bar that moves: the frame advances and says whose it is. */
export function film(colour: Colour, size: Size = 'medium'): string {
  const { width, height, fps } = SIZES[size];
  const file = path.join(folder, `${colour}-${size}.y4m`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const [y, u, v] = yuv(RGB[colour]);
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420\n`)];
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const luma = Buffer.alloc(width * height, y);
    const left = Math.floor((frame * width) / FRAMES);
    for (let row = height - height / 9; row < height; row += 1) luma.fill(235, row * width + left, row * width + left + height / 9);
    const quarter = (width * height) / 4;
    parts.push(Buffer.from('FRAME\n'), luma, Buffer.alloc(quarter, u), Buffer.alloc(quarter, v));
  }
  return keep(file, Buffer.concat(parts));
}

/** A steady 440 Hz tone: audio energy that is always there unless somebody is muted. */
export function tone(): string {
  const file = path.join(folder, 'tone.wav');
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const rate = 48_000;
  const samples = rate * 2;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) {
    wav.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * 440 * i) / rate)), 44 + i * 2);
  }
  return keep(file, wav);
}

/** The marker nearest to a pixel, or 'none' when it is dark or grey. */
export function nearest([r, g, b]: [number, number, number]): Colour | 'none' {
  if (Math.max(r, g, b) - Math.min(r, g, b) < 60) return 'none';
  const distance = (colour: Colour): number => {
    const [x, y, z] = RGB[colour];
    return (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
  };
  return (Object.keys(RGB) as Colour[]).reduce((best, next) => (distance(next) < distance(best) ? next : best));
}
