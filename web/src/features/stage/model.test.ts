// Would catch: a viewer who wants no pictures and takes the others for people without a camera, or the other way round.
import { expect, it } from 'vitest';
import { isUnseen } from './model';
import { GUEST, person } from './samples';

it.each([
  ['a camera, and no pictures wanted', {}, 'sound', 'camera', false, true],
  ['a shared screen, and no pictures wanted', { self_muted_video: true, screen_sharing: true }, 'sound', 'studio', false, true],
  ['small pictures', {}, 'saver', 'camera', false, false],
  ['all pictures', {}, 'auto', 'camera', false, false],
  ['the camera is off anyway', { self_muted_video: true }, 'sound', 'camera', false, false],
  ['the host turned the camera off', { host_muted_video: true }, 'sound', 'camera', false, false],
  ['a seat for the voice alone', { may_show: false }, 'sound', 'camera', false, false],
  ['a show of voices', {}, 'sound', 'voice', false, false],
  ['myself', {}, 'sound', 'camera', true, false],
] as const)('%s', (_case, facts, receiving, mode, me, unseen) => expect(isUnseen(person(GUEST, facts), receiving, mode, me)).toBe(unseen));
