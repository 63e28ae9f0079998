// Would catch: a page that never comes back after its media was lost, comes back when it must not, or blames the wrong part.
import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import { ProblemError } from '@/shared/api';

const rooms: FakeRoom[] = [];
let outcome: 'connects' | 'fails' = 'connects';

class FakeRoom {
  handlers = new Map<string, ((...args: never[]) => void)[]>();
  canPlaybackAudio = true;
  state = 'connected';
  remoteParticipants = new Map<string, object>();
  localParticipant = {
    identity: 'me',
    permissions: { canPublish: true },
    isMicrophoneEnabled: false,
    isCameraEnabled: false,
    isScreenShareEnabled: false,
    trackPublications: new Map(),
    getTrackPublication: () => undefined,
    setMicrophoneEnabled: vi.fn(() => Promise.resolve()),
    setCameraEnabled: vi.fn(() => Promise.resolve()),
  };
  disconnect = vi.fn(() => Promise.resolve());

  constructor() {
    rooms.push(this);
  }
  on(name: string, handler: (...args: never[]) => void): this {
    this.handlers.set(name, [...(this.handlers.get(name) ?? []), handler]);
    return this;
  }
  off(): this {
    return this;
  }
  emit(name: string, ...args: unknown[]): void {
    for (const handler of this.handlers.get(name) ?? []) (handler as (...all: unknown[]) => void)(...args);
  }
  connect(): Promise<void> {
    return outcome === 'connects' ? Promise.resolve() : Promise.reject(new Error('no media'));
  }
}

vi.mock('livekit-client', async (original) => ({ ...(await original<object>()), Room: FakeRoom }));

const { DisconnectReason, RoomEvent, Track, VideoQuality } = await import('livekit-client');
const { NoMedia, StageClient } = await import('./StageClient');

const access = vi.fn<() => Promise<{ url: string; token: string }>>();
const refused = vi.fn();
let client: InstanceType<typeof StageClient>;
const state = () => client.store.getState().connection;
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  rooms.length = 0;
  outcome = 'connects';
  access.mockReset().mockResolvedValue({ url: 'ws://x', token: 't' });
  refused.mockReset();
  client = new StageClient(access, refused);
});
afterEach(() => {
  client.stop();
  vi.useRealTimers();
});

describe('StageClient', () => {
  it('connects, and publishes what the seat wants', async () => {
    client.start();
    await settle();
    expect(state()).toBe('connected');
    await client.goUp({ mic: true, video: null });
    expect(rooms[0]?.localParticipant.setMicrophoneEnabled).toHaveBeenCalledWith(true, undefined);
    expect(rooms[0]?.localParticipant.setCameraEnabled).not.toHaveBeenCalled();
  });

  it('comes back with a new token and publishes again after an unexpected end', async () => {
    client.start();
    await settle();
    await client.goUp({ mic: true, video: 'camera' });
    rooms[0]?.emit(RoomEvent.Disconnected, DisconnectReason.UNKNOWN_REASON);
    expect(state()).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(access).toHaveBeenCalledTimes(2);
    expect(state()).toBe('connected');
    expect(rooms[1]?.localParticipant.setCameraEnabled).toHaveBeenCalledTimes(1);
  });

  it.each([
    [DisconnectReason.DUPLICATE_IDENTITY, 'elsewhere'],
    [DisconnectReason.PARTICIPANT_REMOVED, 'removed'],
    [DisconnectReason.ROOM_DELETED, 'ended'],
  ])('stays away after reason %i', async (reason, wanted) => {
    client.start();
    await settle();
    rooms[0]?.emit(RoomEvent.Disconnected, reason);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state()).toBe(wanted);
    expect(access).toHaveBeenCalledTimes(1);
  });

  it('says that media is blocked once the server has answered twice and media has not, and goes on trying', async () => {
    outcome = 'fails';
    client.start();
    await settle();
    expect(state()).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state()).toBe('blocked');
    outcome = 'connects';
    await vi.advanceTimersByTimeAsync(5_000);
    expect(state()).toBe('connected');
  });

  it('does not call a server that is away a block', async () => {
    access.mockRejectedValue(new Error('away'));
    client.start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(state()).toBe('reconnecting');
    expect(access.mock.calls.length).toBeGreaterThan(5);
  });

  it('asks for small pictures to save data, of who is there and of who comes, and remembers it', async () => {
    client.start();
    await settle();
    const camera = (source = Track.Source.Camera) => ({ source, setVideoQuality: vi.fn() });
    const [there, screen, later] = [camera(), camera(Track.Source.ScreenShare), camera()];
    rooms[0]?.remoteParticipants.set('a', { videoTrackPublications: new Map([['c', there], ['s', screen]]) });
    client.receive('saver');
    const participant = { identity: 'b', getTrackPublication: () => undefined };
    rooms[0]?.emit(RoomEvent.TrackSubscribed, {}, later, participant);
    expect(there.setVideoQuality).toHaveBeenLastCalledWith(VideoQuality.LOW);
    expect(later.setVideoQuality).toHaveBeenLastCalledWith(VideoQuality.LOW);
    expect(screen.setVideoQuality).not.toHaveBeenCalled();
    expect(new StageClient(access, refused).store.getState().receiving).toBe('saver');
    client.receive('auto');
    expect(there.setVideoQuality).toHaveBeenLastCalledWith(VideoQuality.HIGH);
  });

  it('says whose picture the server holds back', async () => {
    client.start();
    await settle();
    const publication = { isMuted: false, track: { streamState: Track.StreamState.Paused } };
    const participant = { identity: 'b', getTrackPublication: (source: string) => (source === Track.Source.Camera ? publication : undefined) };
    rooms[0]?.emit(RoomEvent.TrackStreamStateChanged, publication, Track.StreamState.Paused, participant);
    expect(client.store.getState().people['b']?.starved).toBe(true);
  });

  it('rests where no picture place is free', async () => {
    access.mockRejectedValue(new NoMedia());
    client.start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(state()).toBe('none');
    expect(access).toHaveBeenCalledTimes(1);
  });

  it('hands on why the server refused', async () => {
    const problem = new ProblemError({ code: 'moderation/blocked', status: 403 });
    access.mockRejectedValue(problem);
    client.start();
    await settle();
    expect(refused).toHaveBeenCalledWith(problem);
  });

  it('names the device that failed and forgets the wish', async () => {
    client.start();
    await settle();
    rooms[0]?.localParticipant.setCameraEnabled.mockRejectedValueOnce(new DOMException('no', 'NotFoundError'));
    Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: {} });
    expect(await client.setVideo('camera')).toBe(false);
    expect(client.store.getState().deviceProblem).toEqual({ device: 'camera', failure: 'missing' });
  });

  it('leaves nothing behind when stopped', async () => {
    outcome = 'fails';
    client.start();
    await settle();
    client.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(access).toHaveBeenCalledTimes(1);
    expect(state()).toBe('idle');
  });
});
