// Would catch: rates without a unit of time, losses counted twice, nonsense after tracks were published anew.
import { expect, it } from 'vitest';
import { uploadBetween } from './upload';

const sent = (atMs: number, bytes: number, packets: number, lost: number, fps: number | null = 29.7) => ({ atMs, bytes, packets, lost, fps });

it('tells bits a second, the share that was lost, and whole frames', () => {
  expect(uploadBetween(sent(0, 1_000, 10, 1), sent(2_000, 501_000, 410, 5))).toEqual({ bitsPerSecond: 2_000_000, loss: 0.01, fps: 30 });
});

it.each([
  ['the same reading twice', sent(0, 10, 10, 0), sent(0, 20, 20, 0)],
  ['tracks published anew', sent(0, 9_000, 90, 0), sent(2_000, 100, 1, 0)],
  ['nothing sent meanwhile', sent(0, 9_000, 90, 0), sent(2_000, 9_000, 90, 0)],
])('says nothing after %s', (_, before, now) => expect(uploadBetween(before, now)).toBeNull());

it('has no frames without a picture, and never loses more than all', () => {
  expect(uploadBetween(sent(0, 0, 0, 0, null), sent(1_000, 1_000, 10, 40, null))).toEqual({ bitsPerSecond: 8_000, loss: 1, fps: null });
});
