// Would catch: files that must not be taken, a place that leaves with the picture, somebody else's picture on a shared device.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepChoice, readChoice, videoSource, withVideo } from './devices';
import { fitted, PICTURE_FILE_BYTES_MAX, PICTURE_KEPT_CHARS_MAX, pictures, readPicture } from './picture';

let encoded: string[] = [];
beforeEach(() => {
  encoded = ['data:image/jpeg;base64,AAAA'];
  vi.stubGlobal('createImageBitmap', vi.fn(() => Promise.resolve({ width: 4000, height: 3000, close: () => undefined })));
  HTMLCanvasElement.prototype.getContext = vi.fn(() => ({ drawImage: () => undefined })) as never;
  HTMLCanvasElement.prototype.toDataURL = vi.fn(() => encoded.shift() ?? 'data:,');
});
afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
});

const file = (type: string, bytes = 10) => new File([new Uint8Array(bytes)], 'me', { type });

describe('a chosen picture', () => {
  it('is drawn anew by a canvas of at most 1280 x 720, so that only its picture is kept', async () => {
    const made = vi.spyOn(document, 'createElement');
    expect(await readPicture(file('image/png'))).toBe('data:image/jpeg;base64,AAAA');
    const canvas = made.mock.results[0]?.value as HTMLCanvasElement;
    expect([canvas.width, canvas.height]).toEqual([960, 720]);
  });

  it('is refused in words for its type, its size, and where it cannot be read', async () => {
    await expect(readPicture(file('application/pdf'))).rejects.toMatchObject({ failure: 'type' });
    await expect(readPicture(file('image/svg+xml'))).rejects.toMatchObject({ failure: 'type' });
    vi.mocked(createImageBitmap).mockRejectedValueOnce(new Error('not a picture'));
    await expect(readPicture(file('image/png'))).rejects.toMatchObject({ failure: 'unreadable' });
  });

  it('reaches_picture_file_bytes_max', async () => {
    const large = file('image/png');
    Object.defineProperty(large, 'size', { value: PICTURE_FILE_BYTES_MAX, configurable: true });
    await expect(readPicture(large)).resolves.toBeTruthy();
    Object.defineProperty(large, 'size', { value: PICTURE_FILE_BYTES_MAX + 1 });
    await expect(readPicture(large)).rejects.toMatchObject({ failure: 'size' });
  });

  it('reaches_picture_kept_chars_max and is encoded smaller', async () => {
    const long = `data:image/jpeg;base64,${'A'.repeat(PICTURE_KEPT_CHARS_MAX)}`;
    encoded = [long, long, 'data:image/jpeg;base64,BBBB'];
    expect(await readPicture(file('image/png'))).toBe('data:image/jpeg;base64,BBBB');
  });

  it('never grows', () => {
    expect(fitted({ width: 200, height: 100 }, { width: 1280, height: 720 })).toEqual({ width: 200, height: 100 });
    expect(fitted({ width: 3000, height: 4000 }, { width: 1280, height: 720 })).toEqual({ width: 540, height: 720 });
  });

  it('stays with its account, and tells who shows it', () => {
    const heard = vi.fn();
    const stop = pictures.subscribe(heard);
    pictures.set('a', 'data:image/jpeg;base64,AAAA');
    expect([pictures.get('a'), pictures.get('b')]).toEqual(['data:image/jpeg;base64,AAAA', null]);
    pictures.set('a', null);
    expect([pictures.get('a'), heard.mock.calls.length, localStorage.length]).toEqual([null, 2, 0]);
    stop();
  });

  it('takes nothing from the store that is no picture of ours', () => {
    localStorage.setItem('onstage.picture.c', 'https://elsewhere.example/x.png');
    expect(pictures.get('c')).toBeNull();
  });
});

describe('a hidden camera', () => {
  it('is remembered on the device: a new tab starts hidden', () => {
    expect(videoSource(readChoice())).toBe('camera');
    keepChoice(withVideo(readChoice(), 'picture'));
    sessionStorage.clear();
    expect(readChoice()).toMatchObject({ camera: false, hidden: true });
    keepChoice(withVideo(readChoice(), 'camera'));
    sessionStorage.clear();
    expect(videoSource(readChoice())).toBe('camera');
  });
});
