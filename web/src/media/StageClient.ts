// One client over livekit's Room: connects, publishes, comes back, and keeps what the screens show in a store.
import {
  ConnectionState,
  Room,
  RoomEvent,
  type ConnectionQuality,
  type DisconnectReason,
  type LocalParticipant,
  type Participant,
  type TrackPublication,
} from 'livekit-client';
import { createStore } from 'zustand/vanilla';
import { failureOf, type DeviceProblem, type MediaChoice } from './devices';
import { keepReceiving, type Receiving } from './receive';
import { ask, finalState, mediaOf, qualityWord, retryDelay, ROOM_OPTIONS } from './room';
import { Speaking } from './speaking';
import type { Face } from './picture';
import { emptyMedia, type MediaState, type PersonMedia, type VideoSource } from './state';
import { UploadMeter } from './upload';
import { VideoSender } from './video';

export interface Access {
  url: string;
  token: string;
}

/** What a seat sends. */
export interface Wishes {
  mic: boolean;
  video: VideoSource | null;
}

/** Thrown by the access function where no picture is to be had: the page says why itself. */
export class NoMedia extends Error {}

/** How long to wait for the permission to publish before asking for a new token. */
const PERMISSION_WAIT_MS = 4_000;
/** So many times the server answers and media does not: the network between is what blocks. */
const DEAF_IS_BLOCKED = 2;

export class StageClient {
  readonly store = createStore<MediaState>(() => emptyMedia());
  private room: Room | null = null;
  /** The room whose first connection is under way: `connect` itself answers for its failure. */
  private joining: Room | null = null;
  private generation = 0;
  private failures = 0;
  /** Connections in a row that the server answered, but no media came through. */
  private deaf = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private wanted: Wishes = { mic: false, video: null };
  private readonly video = new VideoSender();
  private choice: MediaChoice | null = null;
  private readonly upload = new UploadMeter((upload) => this.store.setState({ upload }));
  private readonly speaking = new Speaking((identity, speaks) => this.setSpeaking(identity, speaks));

  constructor(
    private readonly access: () => Promise<Access>,
    private readonly refused: (error: unknown) => void,
  ) {}

  /** Connects, and again whenever the connection is lost for good. */
  start(): void {
    this.generation += 1;
    this.failures = 0;
    this.deaf = 0;
    void this.connect(this.generation);
  }

  /** Leaves; nothing comes back until `start`. */
  stop(): void {
    this.generation += 1;
    if (this.timer !== null) clearTimeout(this.timer);
    this.speaking.clear();
    this.upload.stop();
    const room = this.room;
    this.room = null;
    this.wanted = { mic: false, video: null };
    void room?.disconnect();
    this.video.stop();
    this.store.setState(emptyMedia(), true);
  }

  /** Tries now where a wait or a final state is shown. */
  retryNow = (): void => {
    if (this.store.getState().connection === 'connected') return;
    if (this.timer !== null) clearTimeout(this.timer);
    const old = this.room;
    this.room = null;
    void old?.disconnect();
    this.start();
  };

  choose(choice: MediaChoice): void {
    this.choice = choice;
  }

  /** Whose picture stands in the camera's place. */
  wear(face: Face): void {
    this.video.wear(face);
  }

  /** How much of other people's pictures to ask for, from now on and in later shows. */
  receive(receiving: Receiving): void {
    keepReceiving(receiving);
    this.store.setState({ receiving });
    for (const participant of this.room?.remoteParticipants.values() ?? []) {
      for (const publication of participant.videoTrackPublications.values()) ask(publication, receiving);
    }
  }

  private async connect(generation: number): Promise<void> {
    if (this.deaf < DEAF_IS_BLOCKED) this.store.setState({ connection: this.failures === 0 ? 'connecting' : 'reconnecting' });
    let access: Access;
    try {
      access = await this.access();
    } catch (error) {
      if (generation !== this.generation) return;
      if (error instanceof NoMedia) return this.store.setState({ connection: 'none' });
      this.refused(error);
      this.deaf = 0;
      return this.again(generation);
    }
    if (generation !== this.generation) return;
    const room = new Room(ROOM_OPTIONS);
    this.video.stop();
    this.room = room;
    this.joining = room;
    this.listen(room, generation);
    try {
      await room.connect(access.url, access.token, { websocketTimeout: 8_000, peerConnectionTimeout: 10_000, maxRetries: 0 });
    } catch {
      if (generation !== this.generation || this.room !== room) return;
      this.room = null;
      this.deaf += 1;
      return this.again(generation);
    }
    this.joining = null;
    if (generation !== this.generation) return void room.disconnect();
    this.failures = 0;
    this.deaf = 0;
    this.store.setState({ connection: 'connected', canPlaySound: room.canPlaybackAudio });
    this.readAll(room);
    this.upload.start(room.localParticipant);
    await this.publishWanted();
  }

  private again(generation: number): void {
    this.failures += 1;
    this.store.setState({ connection: this.deaf >= DEAF_IS_BLOCKED ? 'blocked' : 'reconnecting' });
    this.timer = setTimeout(() => {
      if (generation === this.generation) void this.connect(generation);
    }, retryDelay(this.failures));
  }

  private listen(room: Room, generation: number): void {
    const live = (run: () => void) => () => {
      if (generation === this.generation && this.room === room) run();
    };
    const person = (participant: Participant) => {
      if (generation === this.generation) this.read(room, participant);
    };
    const published = (_: TrackPublication, participant: Participant) => person(participant);
    room
      .on(RoomEvent.TrackSubscribed, (_track, publication, participant) => {
        ask(publication, this.store.getState().receiving);
        person(participant);
      })
      .on(RoomEvent.TrackStreamStateChanged, (_publication, _state, participant) => person(participant))
      .on(RoomEvent.TrackUnsubscribed, (_track, _publication, participant) => person(participant))
      .on(RoomEvent.TrackPublished, published)
      .on(RoomEvent.TrackUnpublished, published)
      .on(RoomEvent.TrackMuted, published)
      .on(RoomEvent.TrackUnmuted, published)
      .on(RoomEvent.LocalTrackPublished, published)
      .on(RoomEvent.LocalTrackUnpublished, published)
      .on(RoomEvent.ParticipantDisconnected, (participant) => this.forget(participant.identity))
      .on(RoomEvent.ActiveSpeakersChanged, (speakers) => this.speaking.heard(speakers.map((speaker) => speaker.identity)))
      .on(RoomEvent.ConnectionQualityChanged, (quality, participant) => this.quality(participant.identity, quality))
      .on(RoomEvent.AudioPlaybackStatusChanged, live(() => this.store.setState({ canPlaySound: room.canPlaybackAudio })))
      .on(RoomEvent.SignalReconnecting, live(() => this.store.setState({ connection: 'reconnecting' })))
      .on(RoomEvent.Reconnecting, live(() => this.store.setState({ connection: 'reconnecting' })))
      .on(RoomEvent.Reconnected, live(() => this.back(room)))
      .on(RoomEvent.ConnectionStateChanged, live(() => this.stateChanged(room)))
      .on(RoomEvent.MediaDevicesError, (error) => this.deviceProblem('camera', error))
      .on(RoomEvent.Disconnected, (reason) => this.disconnected(room, generation, reason));
  }

  private stateChanged(room: Room): void {
    if (room.state === ConnectionState.Connected && this.store.getState().connection === 'reconnecting') this.back(room);
  }

  private back(room: Room): void {
    this.store.setState({ connection: 'connected' });
    this.readAll(room);
  }

  private disconnected(room: Room, generation: number, reason: DisconnectReason | undefined): void {
    if (generation !== this.generation || this.room !== room || this.joining === room) return;
    this.room = null;
    this.speaking.clear();
    this.upload.stop();
    this.store.setState({ people: {}, speaking: new Set(), upload: null });
    const final = finalState(reason);
    if (final !== null) return this.store.setState({ connection: final });
    this.again(generation);
  }

  private readAll(room: Room): void {
    const people: Record<string, PersonMedia> = {};
    for (const participant of [room.localParticipant, ...room.remoteParticipants.values()]) {
      people[participant.identity] = mediaOf(participant, participant === room.localParticipant);
    }
    this.store.setState({ people, ...this.local(room.localParticipant) });
  }

  private read(room: Room, participant: Participant): void {
    const local = participant === room.localParticipant;
    this.store.setState((state) => ({
      people: { ...state.people, [participant.identity]: mediaOf(participant, local) },
      ...(local ? this.local(room.localParticipant) : {}),
    }));
  }

  private local(participant: LocalParticipant): Pick<MediaState, 'mic' | 'camera' | 'picture' | 'screen'> {
    const picture = this.video.source === 'picture';
    return {
      mic: participant.isMicrophoneEnabled,
      camera: participant.isCameraEnabled && !picture,
      picture: participant.isCameraEnabled && picture,
      screen: participant.isScreenShareEnabled,
    };
  }

  private forget(identity: string): void {
    this.store.setState((state) => {
      const { [identity]: _gone, ...people } = state.people;
      return { people };
    });
    this.speaking.gone(identity);
  }

  private setSpeaking(identity: string, speaks: boolean): void {
    this.store.setState((state) => {
      if (state.speaking.has(identity) === speaks) return state;
      const speaking = new Set(state.speaking);
      if (speaks) speaking.add(identity);
      else speaking.delete(identity);
      return { speaking, lastSpeaker: speaks ? identity : state.lastSpeaker };
    });
  }

  private quality(identity: string, quality: ConnectionQuality): void {
    const word = qualityWord(quality);
    this.store.setState((state) => ({ quality: { ...state.quality, [identity]: word } }));
  }

  private deviceProblem(device: DeviceProblem['device'], error: unknown): void {
    this.store.setState({ deviceProblem: { device, failure: failureOf(error) } });
  }

  dismissDeviceProblem = (): void => this.store.setState({ deviceProblem: null });

  /** Waits for the permission; the server gives it in band when a seat is taken. */
  private async mayPublish(): Promise<boolean> {
    const room = this.room;
    if (room === null) return false;
    if (room.localParticipant.permissions?.canPublish !== false) return true;
    return new Promise((resolve) => {
      const done = (result: boolean) => {
        clearTimeout(timer);
        room.off(RoomEvent.ParticipantPermissionsChanged, check);
        resolve(result);
      };
      const check = () => {
        if (room.localParticipant.permissions?.canPublish !== false) done(true);
      };
      const timer = setTimeout(() => done(false), PERMISSION_WAIT_MS);
      room.on(RoomEvent.ParticipantPermissionsChanged, check);
      check();
    });
  }

  /** Takes a seat's media up: publishes what was chosen, with a new token where the old one does not allow it. */
  async goUp(media: Wishes): Promise<void> {
    this.wanted = { ...media };
    if (this.room === null || this.store.getState().connection !== 'connected') return;
    if (!media.mic && media.video === null) return;
    if (await this.mayPublish()) return this.publishWanted();
    this.retryWithNewToken();
  }

  private retryWithNewToken(): void {
    const old = this.room;
    this.room = null;
    this.generation += 1;
    void old?.disconnect();
    void this.connect(this.generation);
  }

  /** Gives the seat's media back. */
  async goDown(): Promise<void> {
    this.wanted = { mic: false, video: null };
    const local = this.room?.localParticipant;
    if (local === undefined) return;
    for (const publication of [...local.trackPublications.values()]) {
      if (publication.track !== undefined) await local.unpublishTrack(publication.track, true).catch(() => undefined);
    }
    this.video.stop();
  }

  private async publishWanted(): Promise<void> {
    if (this.wanted.video !== null) await this.setVideo(this.wanted.video);
    if (this.wanted.mic) await this.setMic(true);
  }

  /** True when the microphone is as wished afterwards. */
  async setMic(on: boolean): Promise<boolean> {
    this.wanted.mic = on;
    const local = this.room?.localParticipant;
    if (local === undefined) return false;
    if (!on && !local.isMicrophoneEnabled) return true;
    const id = this.choice?.microphoneId;
    try {
      await local.setMicrophoneEnabled(on, id ? { deviceId: { ideal: id } } : undefined);
      this.clearProblem('microphone');
      return true;
    } catch (error) {
      this.wanted.mic = false;
      this.deviceProblem('microphone', error);
      return false;
    }
  }

  /** The camera, the picture in its place, or neither; true when it is as wished afterwards. */
  async setVideo(source: VideoSource | null): Promise<boolean> {
    this.wanted.video = source;
    const room = this.room;
    if (room === null) return false;
    try {
      await this.video.set(room.localParticipant, source, this.choice?.cameraId);
      this.clearProblem('camera');
      return true;
    } catch (error) {
      this.wanted.video = null;
      this.deviceProblem('camera', error);
      return false;
    } finally {
      // A track swapped inside its publication is no event of the room.
      if (this.room === room) this.read(room, room.localParticipant);
    }
  }

  async setScreen(on: boolean): Promise<boolean> {
    const local = this.room?.localParticipant;
    if (local === undefined) return false;
    try {
      await local.setScreenShareEnabled(on, { audio: false }, { simulcast: false });
      return true;
    } catch (error) {
      // Closing the browser's picker is a choice, not a failure.
      if (failureOf(error) !== 'denied') this.deviceProblem('screen', error);
      return false;
    }
  }

  private clearProblem(device: DeviceProblem['device']): void {
    if (this.store.getState().deviceProblem?.device === device) this.dismissDeviceProblem();
  }

  /** Must be called from a click: browsers start sound only then. */
  playSound = async (): Promise<void> => {
    await this.room?.startAudio().catch(() => undefined);
    this.store.setState({ canPlaySound: this.room?.canPlaybackAudio ?? true });
  };
}
