// What the camera's place shows: the camera, a picture, or nothing. Each change swaps the track inside one publication.
import { createLocalVideoTrack, Track, type LocalParticipant, type LocalTrackPublication, type VideoCaptureOptions } from 'livekit-client';
import { PictureTrack, type Face } from './picture';
import { CAMERA } from './room';
import type { VideoSource } from './state';

export class VideoSender {
  private readonly picture = new PictureTrack(() => this.face);
  private face: Face = { userId: '', hue: 0, initials: '' };
  private turn: Promise<unknown> = Promise.resolve();
  private sending: VideoSource = 'camera';

  /** What a published camera track carries now. */
  get source(): VideoSource {
    return this.sending;
  }

  wear(face: Face): void {
    this.face = face;
  }

  /** One change after the other: a second click never meets a half-made first. */
  set(local: LocalParticipant, source: VideoSource | null, cameraId: string | null | undefined): Promise<void> {
    const options: VideoCaptureOptions = { resolution: CAMERA, ...(cameraId ? { deviceId: { ideal: cameraId } } : {}) };
    const done = this.turn.then(() => this.change(local, source, options));
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async change(local: LocalParticipant, source: VideoSource | null, options: VideoCaptureOptions): Promise<void> {
    if (source === null) {
      if (local.isCameraEnabled) await local.setCameraEnabled(false);
      return;
    }
    const publication = local.getTrackPublication(Track.Source.Camera) as LocalTrackPublication | undefined;
    if (publication?.videoTrack === undefined) return this.publish(local, source, options);
    if (source === 'picture') return this.toPicture(publication);
    if (this.sending === 'picture') return this.toCamera(publication, options);
    await local.setCameraEnabled(true, options);
  }

  private async publish(local: LocalParticipant, source: VideoSource, options: VideoCaptureOptions): Promise<void> {
    this.sending = source;
    if (source === 'camera') return void (await local.setCameraEnabled(true, options));
    await local.publishTrack(await this.picture.open(), { source: Track.Source.Camera });
  }

  private async toPicture(publication: LocalTrackPublication): Promise<void> {
    const track = publication.videoTrack;
    if (track === undefined) return;
    if (this.sending === 'camera') {
      const camera = track.mediaStreamTrack;
      await track.replaceTrack(await this.picture.open(), true);
      this.sending = 'picture';
      // Given up, not muted: the light at the camera goes out.
      camera.stop();
    }
    await publication.unmute();
  }

  private async toCamera(publication: LocalTrackPublication, options: VideoCaptureOptions): Promise<void> {
    const track = publication.videoTrack;
    if (track === undefined) return;
    const camera = await createLocalVideoTrack(options);
    // Unmuted while it still is the picture: livekit opens a camera again when it unmutes one.
    await publication.unmute();
    try {
      await track.replaceTrack(camera.mediaStreamTrack, false);
    } catch (error) {
      // Left the stage meanwhile: nobody would turn this camera off.
      camera.mediaStreamTrack.stop();
      throw error;
    }
    this.sending = 'camera';
    this.picture.close();
  }

  /** Nothing is published any more. */
  stop(): void {
    this.picture.close();
    this.sending = 'camera';
  }
}
