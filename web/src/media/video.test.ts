// Would catch: a camera that stays on behind the picture, a picture that is published a second time, a swap that renegotiates.
import { beforeEach, describe, expect, it, vi } from 'vitest';

class FakeTrack {
  readyState = 'live';
  constructor(readonly from: 'camera' | 'picture') {}
  stop = vi.fn(() => {
    this.readyState = 'ended';
  });
}

let opened: FakeTrack[] = [];
vi.mock('livekit-client', async (original) => ({
  ...(await original<object>()),
  createLocalVideoTrack: () => {
    const track = new FakeTrack('camera');
    opened.push(track);
    return Promise.resolve({ mediaStreamTrack: track });
  },
}));
const { VideoSender } = await import('./video');

/** The part of livekit's participant this uses: one publication whose track can be swapped. */
class FakeLocal {
  publication: { videoTrack: { mediaStreamTrack: FakeTrack; replaceTrack: ReturnType<typeof vi.fn> }; unmute: ReturnType<typeof vi.fn> } | undefined;
  isCameraEnabled = false;
  published = 0;
  getTrackPublication = () => this.publication;
  publishTrack = vi.fn((track: FakeTrack) => {
    this.published += 1;
    this.isCameraEnabled = true;
    const videoTrack = {
      mediaStreamTrack: track,
      replaceTrack: vi.fn((next: FakeTrack) => {
        videoTrack.mediaStreamTrack = next;
        return Promise.resolve();
      }),
    };
    const unmute = vi.fn(() => Promise.resolve((this.isCameraEnabled = true)));
    this.publication = { videoTrack, unmute };
    return Promise.resolve();
  });
  setCameraEnabled = vi.fn((on: boolean) => {
    if (on && this.publication === undefined) return this.publishTrack(new FakeTrack('camera'));
    this.isCameraEnabled = on;
    return Promise.resolve();
  });
  get wire(): FakeTrack | undefined {
    return this.publication?.videoTrack.mediaStreamTrack;
  }
}

let local: FakeLocal;
let sender: InstanceType<typeof VideoSender>;
const set = (source: 'camera' | 'picture' | null) => sender.set(local as never, source, null);

beforeEach(() => {
  opened = [];
  local = new FakeLocal();
  sender = new VideoSender();
  HTMLCanvasElement.prototype.getContext = vi.fn(() => null) as never;
  HTMLCanvasElement.prototype.captureStream = vi.fn(() => ({ getVideoTracks: () => [new FakeTrack('picture')] })) as never;
});

describe('the camera’s place', () => {
  it('swaps the camera for the picture in the same publication, and turns the camera off', async () => {
    await set('camera');
    const camera = local.wire;
    await set('picture');
    expect(local.wire?.from).toBe('picture');
    expect(camera?.stop).toHaveBeenCalled();
    expect(local.published).toBe(1);
    expect(sender.source).toBe('picture');
  });

  it('swaps back to a camera opened anew, and lets the picture go', async () => {
    await set('picture');
    const picture = local.wire;
    await set('camera');
    expect(local.wire?.from).toBe('camera');
    expect(picture?.stop).toHaveBeenCalled();
    expect([local.published, opened.length]).toEqual([1, 1]);
  });

  it('never opens a camera for somebody who shows a picture from the start', async () => {
    await set('picture');
    await set(null);
    await set('picture');
    expect(opened).toEqual([]);
    expect(local.setCameraEnabled).toHaveBeenCalledTimes(1);
    expect(local.setCameraEnabled).toHaveBeenCalledWith(false);
    expect(local.isCameraEnabled).toBe(true);
  });

  it('obeys clicks one after the other: the last one holds', async () => {
    await Promise.all([set('camera'), set('picture'), set('camera'), set('picture')]);
    expect(local.wire?.from).toBe('picture');
    expect(opened.every((track) => track.readyState === 'ended')).toBe(true);
    expect(local.published).toBe(1);
  });

  it('turns off a camera nobody waits for any more', async () => {
    await set('picture');
    local.publication?.videoTrack.replaceTrack.mockRejectedValueOnce(new Error('unpublished'));
    await expect(set('camera')).rejects.toThrow();
    expect(opened[0]?.readyState).toBe('ended');
    expect(sender.source).toBe('picture');
  });
});
