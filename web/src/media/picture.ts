// The picture shown instead of the camera: read from a file, kept on this device, painted into a track.

/** What is painted where the person chose no picture: their initials on their own colour. */
export interface Face {
  userId: string;
  hue: number;
  initials: string;
}

export const PICTURE_WIDTH = 1280;
export const PICTURE_HEIGHT = 720;
export const PICTURE_FILE_BYTES_MAX = 10 * 1024 * 1024;
/** As a data URL; browsers give a page about five million characters in all. */
export const PICTURE_KEPT_CHARS_MAX = 700_000;
export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif'];
const QUALITIES = [0.86, 0.75, 0.6, 0.4];

export type PictureFailure = 'type' | 'size' | 'unreadable';

export class PictureError extends Error {
  constructor(readonly failure: PictureFailure) {
    super(failure);
    this.name = 'PictureError';
  }
}

interface Size {
  width: number;
  height: number;
}

/** The largest size of the same shape that fits; never larger than it was. */
export function fitted(from: Size, into: Size): Size {
  const scale = Math.min(1, into.width / from.width, into.height / from.height);
  return { width: Math.max(1, Math.round(from.width * scale)), height: Math.max(1, Math.round(from.height * scale)) };
}

/** Drawn anew, so that nothing of the file but its picture goes out: no place, no camera, no name. */
export async function readPicture(file: File): Promise<string> {
  if (!PICTURE_TYPES.includes(file.type)) throw new PictureError('type');
  if (file.size > PICTURE_FILE_BYTES_MAX) throw new PictureError('size');
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) throw new PictureError('unreadable');
  const canvas = document.createElement('canvas');
  Object.assign(canvas, fitted(bitmap, { width: PICTURE_WIDTH, height: PICTURE_HEIGHT }));
  const context = canvas.getContext('2d', { alpha: false });
  context?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const small = QUALITIES.map((quality) => () => canvas.toDataURL('image/jpeg', quality));
  for (const encode of small) {
    const url = encode();
    if (url.startsWith('data:image/jpeg') && url.length <= PICTURE_KEPT_CHARS_MAX) return url;
  }
  throw new PictureError('unreadable');
}

/** Everybody's own picture on this device, by account; other accounts on it never see it. */
class Pictures {
  private readonly known = new Map<string, string | null>();
  private readonly listeners = new Set<() => void>();

  get(userId: string): string | null {
    if (!this.known.has(userId)) this.known.set(userId, this.kept(userId));
    return this.known.get(userId) ?? null;
  }

  private kept(userId: string): string | null {
    try {
      const url = localStorage.getItem(`onstage.picture.${userId}`);
      return url?.startsWith('data:image/jpeg') === true ? url : null;
    } catch {
      return null;
    }
  }

  set(userId: string, url: string | null): void {
    this.known.set(userId, url);
    try {
      if (url === null) localStorage.removeItem(`onstage.picture.${userId}`);
      else localStorage.setItem(`onstage.picture.${userId}`, url);
    } catch {
      // A full or closed store: the picture lasts for this page.
    }
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export const pictures = new Pictures();

/** Null where there is none or it cannot be drawn. */
export async function loadPicture(url: string | null): Promise<HTMLImageElement | null> {
  if (url === null) return null;
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  }
}

/** Shapes up to this far from the canvas are cropped; others stand whole on a blurred ground of themselves. */
const CROP_UP_TO = 1.35;

function cover(context: CanvasRenderingContext2D, image: HTMLImageElement, { width, height }: Size): void {
  const scale = Math.max(width / image.naturalWidth, height / image.naturalHeight);
  const [w, h] = [image.naturalWidth * scale, image.naturalHeight * scale];
  context.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
}

/** A blur every browser can do: drawn tiny, then large. */
function blurred(context: CanvasRenderingContext2D, image: HTMLImageElement, size: Size): void {
  const tiny = document.createElement('canvas');
  tiny.width = 16;
  tiny.height = 9;
  const small = tiny.getContext('2d');
  if (small === null) return;
  cover(small, image, tiny);
  context.imageSmoothingQuality = 'high';
  context.drawImage(tiny, 0, 0, size.width, size.height);
  context.fillStyle = 'rgb(0 0 0 / 0.35)';
  context.fillRect(0, 0, size.width, size.height);
}

function paintPicture(context: CanvasRenderingContext2D, image: HTMLImageElement, size: Size): void {
  const shape = image.naturalWidth / image.naturalHeight / (size.width / size.height);
  if (shape <= CROP_UP_TO && shape >= 1 / CROP_UP_TO) return cover(context, image, size);
  blurred(context, image, size);
  const scale = Math.min(size.width / image.naturalWidth, size.height / image.naturalHeight);
  const [w, h] = [image.naturalWidth * scale, image.naturalHeight * scale];
  context.drawImage(image, (size.width - w) / 2, (size.height - h) / 2, w, h);
}

function paintCard(context: CanvasRenderingContext2D, face: Face, { width, height }: Size): void {
  const ground = context.createRadialGradient(width / 2, height * 0.4, 0, width / 2, height * 0.4, width * 0.6);
  ground.addColorStop(0, `oklch(0.4 0.075 ${face.hue})`);
  ground.addColorStop(1, `oklch(0.25 0.05 ${face.hue})`);
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  const radius = height * 0.22;
  const disc = context.createRadialGradient(width / 2 - radius * 0.36, height / 2 - radius * 0.56, 0, width / 2, height / 2, radius);
  disc.addColorStop(0, `oklch(0.58 0.12 ${face.hue})`);
  disc.addColorStop(1, `oklch(0.42 0.09 ${face.hue})`);
  context.fillStyle = disc;
  context.beginPath();
  context.arc(width / 2, height / 2, radius, 0, Math.PI * 2);
  context.fill();
  context.fillStyle = `oklch(0.96 0.03 ${face.hue})`;
  context.font = `680 ${Math.round(radius * 0.76)}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  const text = context.measureText(face.initials);
  context.fillText(face.initials, width / 2, height / 2 + (text.actualBoundingBoxAscent - text.actualBoundingBoxDescent) / 2);
}

/** The same painting in the green room, on the own tile and on the wire. */
export function paint(canvas: HTMLCanvasElement, image: HTMLImageElement | null, face: Face): void {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) return;
  if (image === null) paintCard(context, face, canvas);
  else paintPicture(context, image, canvas);
}

/** Often enough for somebody who comes later to see it at once; a still picture costs next to nothing. */
const REPAINT_MS = 250;

/** The picture as a camera track. */
export class PictureTrack {
  private readonly canvas = document.createElement('canvas');
  private image: HTMLImageElement | null = null;
  private track: MediaStreamTrack | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;
  private forget: (() => void) | null = null;
  private shown: string | null = null;

  constructor(private readonly face: () => Face) {
    this.canvas.width = PICTURE_WIDTH;
    this.canvas.height = PICTURE_HEIGHT;
  }

  async open(): Promise<MediaStreamTrack> {
    await this.load();
    this.paint();
    if (this.track?.readyState !== 'live') this.track = this.canvas.captureStream().getVideoTracks()[0] ?? null;
    if (this.track === null) throw new DOMException('no canvas track', 'NotReadableError');
    this.timer ??= setInterval(() => this.paint(), REPAINT_MS);
    this.forget ??= pictures.subscribe(() => void this.load());
    return this.track;
  }

  private async load(): Promise<void> {
    const url = pictures.get(this.face().userId);
    if (url === this.shown) return;
    this.shown = url;
    this.image = await loadPicture(url);
  }

  private paint(): void {
    paint(this.canvas, this.image, this.face());
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.forget?.();
    this.forget = null;
    this.track?.stop();
    this.track = null;
  }
}
