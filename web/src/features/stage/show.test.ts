// Would catch: a hidden camera the server never hears of, a choice that is forgotten, a question that stays after its answer,
// a reply that shows a person as they were before the events that overtook it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LiveEvent } from '@/realtime';
import { event, GUEST, joinReply, person } from './samples';

const setVideo = vi.fn(() => Promise.resolve(true));
vi.mock('@/media/StageClient', () => ({
  NoMedia: class extends Error {},
  StageClient: class {
    setVideo = setVideo;
    setMic = () => Promise.resolve(true);
    wear = () => undefined;
    choose = () => undefined;
    start = () => undefined;
  },
}));
const media = vi.fn(() => Promise.resolve({}));
let tell: (event: LiveEvent) => void = () => undefined;
vi.mock('@/realtime', () => ({
  events: {
    subscribe: (_id: string, hears: { event: typeof tell }) => {
      tell = hears.event;
      return () => undefined;
    },
  },
}));
vi.mock('./api', () => ({ showApi: { media, join: () => Promise.resolve(joinReply) } }));

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

it('takes the person of a reply, and not when an event has shown them later', async () => {
  const held = person(GUEST, { presence: 'held' });
  show.start();
  await vi.waitFor(() => expect(show.store.getState().phase).toBe('live'));
  const shown = () => show.store.getState().show.people[GUEST]?.presence;
  await show.changing(Promise.resolve({ participant: held }));
  expect(shown()).toBe('held');
  const slow = show.changing(Promise.resolve({ participant: held }));
  tell(event('stage.went_on_stage', { participant: person(GUEST) }));
  await slow;
  expect(shown()).toBe('on_stage');
});
