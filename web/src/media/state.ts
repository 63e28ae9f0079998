// What the screens know of media: plain values and tracks that can be attached to elements.
import type { DeviceProblem } from './devices';
import { readReceiving, type Receiving } from './receive';

export type MediaConnection =
  | 'idle'
  | 'connecting'
  | 'connected'
  | 'reconnecting'
  /** The server answers, but media does not get through. */
  | 'blocked'
  /** The same person watches in another tab. */
  | 'elsewhere'
  | 'removed'
  | 'ended'
  /** No picture place is free; chat goes on. */
  | 'none';

export type Quality = 'good' | 'weak' | 'lost';

/** What the camera's place shows. */
export type VideoSource = 'camera' | 'picture';

/** A track that can be shown; all of livekit's tracks are. */
export interface Attachable {
  attach(element: HTMLMediaElement): unknown;
  detach(element: HTMLMediaElement): unknown;
}

export interface PersonMedia {
  camera: Attachable | null;
  screen: Attachable | null;
  mic: Attachable | null;
  local: boolean;
  /** The server holds the picture back because the line here does not carry it. */
  starved: boolean;
}

/** How my own media goes out. */
export interface Upload {
  bitsPerSecond: number;
  /** Of the packets sent, from 0 to 1. */
  loss: number;
  fps: number | null;
}

export interface MediaState {
  connection: MediaConnection;
  people: Record<string, PersonMedia>;
  speaking: ReadonlySet<string>;
  lastSpeaker: string | null;
  quality: Record<string, Quality>;
  canPlaySound: boolean;
  mic: boolean;
  camera: boolean;
  /** A picture is sent in the camera's place. */
  picture: boolean;
  screen: boolean;
  deviceProblem: DeviceProblem | null;
  /** Null while nothing is sent or measured yet. */
  upload: Upload | null;
  /** How much of other people's pictures is asked for. */
  receiving: Receiving;
}

export function emptyMedia(): MediaState {
  return {
    connection: 'idle',
    people: {},
    speaking: new Set(),
    lastSpeaker: null,
    quality: {},
    canPlaySound: true,
    mic: false,
    camera: false,
    picture: false,
    screen: false,
    deviceProblem: null,
    upload: null,
    receiving: readReceiving(),
  };
}
