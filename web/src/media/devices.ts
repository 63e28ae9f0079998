// Cameras and microphones: opening them, naming what went wrong, listing them.
import type { VideoSource } from './state';

export type Device = 'camera' | 'microphone' | 'screen';
export type DeviceFailure = 'denied' | 'missing' | 'busy' | 'insecure' | 'other';

export interface DeviceProblem {
  device: Device;
  failure: DeviceFailure;
}

/** What the browser's error means for the person. */
export function failureOf(error: unknown): DeviceFailure {
  if (typeof navigator !== 'undefined' && navigator.mediaDevices === undefined) return 'insecure';
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError' || name === 'PermissionDeniedError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError' || name === 'DevicesNotFoundError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError' || name === 'TrackStartError') return 'busy';
  return 'other';
}

export interface Wanted {
  /** A device id, true for any, false for none. */
  camera: string | boolean;
  microphone: string | boolean;
}

export interface Preview {
  stream: MediaStream;
  problems: DeviceProblem[];
}

function videoOf(wanted: string | boolean): MediaTrackConstraints | boolean {
  if (wanted === false) return false;
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  return typeof wanted === 'string' ? { ...size, deviceId: { exact: wanted } } : { ...size, facingMode: 'user' };
}

function audioOf(wanted: string | boolean): MediaTrackConstraints | boolean {
  return typeof wanted === 'string' ? { deviceId: { exact: wanted } } : wanted;
}

async function open(constraints: MediaStreamConstraints): Promise<MediaStream> {
  if (navigator.mediaDevices === undefined) throw new DOMException('insecure', 'NotSupportedError');
  return navigator.mediaDevices.getUserMedia(constraints);
}

/** Opens both at once, so that the browser asks once; when that fails, each by itself, to learn which one failed. */
export async function openPreview(wanted: Wanted): Promise<Preview> {
  const video = videoOf(wanted.camera);
  const audio = audioOf(wanted.microphone);
  if (video === false && audio === false) return { stream: new MediaStream(), problems: [] };
  if (video !== false && audio !== false) {
    try {
      return { stream: await open({ video, audio }), problems: [] };
    } catch {
      // Which of the two it was is found out below.
    }
  }
  const stream = new MediaStream();
  const problems: DeviceProblem[] = [];
  const add = async (device: Device, constraints: MediaStreamConstraints) => {
    try {
      for (const track of (await open(constraints)).getTracks()) stream.addTrack(track);
    } catch (error) {
      problems.push({ device, failure: failureOf(error) });
    }
  };
  if (video !== false) await add('camera', { video });
  if (audio !== false) await add('microphone', { audio });
  return { stream, problems };
}

export function stopStream(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export interface DeviceList {
  cameras: MediaDeviceInfo[];
  microphones: MediaDeviceInfo[];
}

export async function listDevices(): Promise<DeviceList> {
  const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const named = all.filter((device) => device.deviceId !== '');
  return {
    cameras: named.filter((device) => device.kind === 'videoinput'),
    microphones: named.filter((device) => device.kind === 'audioinput'),
  };
}

/** Reports loudness from 0 to 1 for every drawn frame, until stopped. */
export function meter(stream: MediaStream, report: (level: number) => void): () => void {
  if (stream.getAudioTracks().length === 0 || typeof AudioContext === 'undefined') return () => undefined;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let frame = 0;
  let smooth = 0;
  const tick = () => {
    analyser.getFloatTimeDomainData(samples);
    const energy = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibels = 10 * Math.log10(energy + 1e-10);
    const level = Math.min(1, Math.max(0, (decibels + 60) / 50));
    smooth = level > smooth ? level : smooth * 0.9 + level * 0.1;
    report(smooth);
    frame = requestAnimationFrame(tick);
  };
  void context.resume().catch(() => undefined);
  frame = requestAnimationFrame(tick);
  return () => {
    cancelAnimationFrame(frame);
    void context.close().catch(() => undefined);
  };
}

export interface MediaChoice {
  camera: boolean;
  /** The camera stays off and a picture is sent in its place. */
  hidden: boolean;
  microphone: boolean;
  cameraId: string | null;
  microphoneId: string | null;
}

const CHOICE_KEY = 'onstage.media';
const HIDDEN_KEY = 'onstage.camera_hidden';
const FIRST_CHOICE: MediaChoice = { camera: true, hidden: false, microphone: true, cameraId: null, microphoneId: null };

/** What the camera's place is to show, if anything. */
export function videoSource(choice: MediaChoice): VideoSource | null {
  if (choice.hidden) return 'picture';
  return choice.camera ? 'camera' : null;
}

export function withVideo(choice: MediaChoice, source: VideoSource | null): MediaChoice {
  return { ...choice, camera: source === 'camera', hidden: source === 'picture' };
}

/** What was chosen in the green room; kept for the tab, so that a reload comes back the same. Who hid their camera starts hidden next time. */
export function readChoice(): MediaChoice {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(CHOICE_KEY) ?? 'null');
    const first = localStorage.getItem(HIDDEN_KEY) === '1' ? withVideo(FIRST_CHOICE, 'picture') : FIRST_CHOICE;
    return typeof kept === 'object' && kept !== null ? { ...FIRST_CHOICE, ...kept } : first;
  } catch {
    return FIRST_CHOICE;
  }
}

export function keepChoice(choice: MediaChoice): void {
  try {
    sessionStorage.setItem(CHOICE_KEY, JSON.stringify(choice));
    if (choice.hidden) localStorage.setItem(HIDDEN_KEY, '1');
    else localStorage.removeItem(HIDDEN_KEY);
  } catch {
    // Without storage the choice lasts for this page.
  }
}
