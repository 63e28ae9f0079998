// How we use livekit's Room: what is captured, what is sent, how fast it comes back, what its words mean for us.
import {
  AudioPresets,
  ConnectionQuality,
  DisconnectReason,
  Track,
  VideoPresets,
  VideoQuality,
  type Participant,
  type RemoteTrackPublication,
  type RoomOptions,
  type TrackPublication,
} from 'livekit-client';
import type { Receiving } from './receive';
import type { MediaConnection, PersonMedia, Quality } from './state';

const RETRY_FIRST_MS = 300;
const RETRY_LONGEST_MS = 2_000;
/** After this long livekit gives up by itself, and we start over with a new token. */
const RETRY_FOR_MS = 90_000;

export function retryDelay(attempt: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** Math.min(attempt, 6), RETRY_LONGEST_MS);
}

export const CAMERA = VideoPresets.h720.resolution;

export const ROOM_OPTIONS: RoomOptions = {
  adaptiveStream: true,
  dynacast: true,
  disconnectOnPageLeave: true,
  stopLocalTrackOnUnpublish: true,
  reconnectPolicy: { nextRetryDelayInMs: ({ retryCount, elapsedMs }) => (elapsedMs > RETRY_FOR_MS ? null : retryDelay(retryCount)) },
  videoCaptureDefaults: { resolution: CAMERA },
  publishDefaults: {
    simulcast: true,
    videoCodec: 'vp8',
    backupCodec: false,
    videoEncoding: VideoPresets.h720.encoding,
    videoSimulcastLayers: [VideoPresets.h180, VideoPresets.h360],
    audioPreset: AudioPresets.speech,
    red: false,
    dtx: true,
    stopMicTrackOnMute: false,
  },
};

/** Reasons after which coming back by itself would be wrong. */
export function finalState(reason: DisconnectReason | undefined): MediaConnection | null {
  if (reason === DisconnectReason.DUPLICATE_IDENTITY) return 'elsewhere';
  if (reason === DisconnectReason.PARTICIPANT_REMOVED) return 'removed';
  if (reason === DisconnectReason.ROOM_DELETED) return 'ended';
  if (reason === DisconnectReason.CLIENT_INITIATED) return 'idle';
  return null;
}

export function qualityWord(quality: ConnectionQuality): Quality {
  if (quality === ConnectionQuality.Lost) return 'lost';
  return quality === ConnectionQuality.Poor ? 'weak' : 'good';
}

/** What of a participant can be shown and heard now. */
export function mediaOf(participant: Participant, local: boolean): PersonMedia {
  const camera = participant.getTrackPublication(Track.Source.Camera);
  const mic = participant.getTrackPublication(Track.Source.Microphone);
  const screen = participant.getTrackPublication(Track.Source.ScreenShare);
  const shown = (publication: TrackPublication | undefined) =>
    publication !== undefined && !publication.isMuted ? (publication.track ?? null) : null;
  const starved = [camera, screen].some((publication) => publication?.track?.streamState === Track.StreamState.Paused);
  return { camera: shown(camera), screen: shown(screen), mic: mic?.track ?? null, local, starved };
}

/** The largest picture of a camera that is asked for. A screen is there to be read and stays as it is. */
export function ask(publication: RemoteTrackPublication, receiving: Receiving): void {
  if (publication.source !== Track.Source.Camera) return;
  publication.setVideoQuality(receiving === 'saver' ? VideoQuality.LOW : VideoQuality.HIGH);
}
