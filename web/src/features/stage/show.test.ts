// Would catch: a hidden camera the server never hears of, a choice that is forgotten, a question that stays after its answer.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const setVideo = vi.fn(() => Promise.resolve(true));
vi.mock('@/media/StageClient', () => ({
  NoMedia: class extends Error {},
  StageClient: class {
    setVideo = setVideo;
    setMic = () => Promise.resolve(true);
    wear = () => undefined;
  },
}));
const media = vi.fn(() => Promise.resolve({}));
vi.mock('./api', () => ({ showApi: { media } }));

const { readChoice } = await import('@/media');
const { Show } = await import('./show');

let show: InstanceType<typeof Show>;
beforeEach(() => {
  show = new Show('s', 'me');
});
afterEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  vi.clearAllMocks();
});

it.each([
  ['picture', true, { camera: false, hidden: true }],
  ['camera', true, { camera: true, hidden: false }],
  [null, false, { camera: false, hidden: false }],
] as const)('shows %s: tells the server, and keeps it for the next time', async (source, enabled, choice) => {
  await show.setVideo(source);
  expect(setVideo).toHaveBeenCalledWith(source);
  expect(media).toHaveBeenCalledWith('s', { video_enabled: enabled });
  expect(readChoice()).toMatchObject(choice);
});

it('takes a picture as the answer to who asks for the camera; turning off is none', async () => {
  show.update((state) => ({ ...state, ask: { media: 'video', by: 'host' } }));
  await show.setMedia('audio', true);
  await show.setVideo(null);
  expect(show.store.getState().show.ask).not.toBeNull();
  await show.setVideo('picture');
  expect(show.store.getState().show.ask).toBeNull();
});
