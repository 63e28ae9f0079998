// Would catch: axes nobody can read, a last moment that sticks out, bars that vanish, a show of one moment that draws nothing.
import { describe, expect, it } from 'vitest';
import { areaPath, barsOf, countTicks, isQuiet, linePath, momentAt, spansOf, stepPath, timeTicks, wholeOf } from './plot';

const frame = { x: (share: number) => share * 100, y: (value: number) => 50 - value };
const mirrored = { ...frame, x: (share: number) => 100 - share * 100 };

describe('ticks', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [2418, [0, 1000, 2000, 3000]],
    [49, [0, 20, 40, 60]],
  ])('counts up to %i are whole and round', (max, ticks) => expect(countTicks(max, 4)).toEqual(ticks));

  it('never ends below the value, whatever it is', () => {
    for (let max = 0; max < 20_000; max = max * 1.37 + 1) {
      const ticks = countTicks(max, 4);
      expect(ticks[ticks.length - 1]).toBeGreaterThanOrEqual(Math.floor(max));
      expect(ticks.length).toBeLessThanOrEqual(8);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }
  });

  it.each([
    [3862, 8, [0, 600, 1200, 1800, 2400, 3000, 3600]],
    [3862, 3, [0, 1800, 3600]],
    [45, 6, [0, 10, 20, 30, 40]],
    [0, 6, [0]],
    [400_000, 2, [0, 259_200]],
  ])('%i seconds in %i places', (duration, room, ticks) => expect(timeTicks(duration, room)).toEqual(ticks));
});

describe('moments', () => {
  it('shortens the last one to the end of the show', () => {
    expect(spansOf(3, 30, 75)).toEqual([{ from: 0, to: 0.4 }, { from: 0.4, to: 0.8 }, { from: 0.8, to: 1 }]);
    expect(wholeOf(3, 30, 75)).toBe(75);
  });

  it('gives width to a show shorter than its first moment, and to one of no time at all', () => {
    expect(spansOf(1, 10, 4)).toEqual([{ from: 0, to: 1 }]);
    expect(spansOf(1, 10, 0)).toEqual([{ from: 0, to: 1 }]);
    expect(wholeOf(0, 10, 0)).toBe(1);
  });

  it('finds the moment under the pointer, also beyond both ends', () => {
    const spans = spansOf(3, 30, 75);
    expect([-0.2, 0, 0.39, 0.4, 0.95, 1, 1.4].map((share) => momentAt(spans, share))).toEqual([0, 0, 0, 1, 2, 2, 2]);
  });
});

describe('shapes', () => {
  it('draws a level line for one moment, an area under it, and steps', () => {
    const spans = spansOf(1, 10, 10);
    expect(linePath([5], spans, frame)).toBe('M0 45L50 45L100 45');
    expect(areaPath([5], spans, frame)).toBe('M0 45L50 45L100 45L100 50L0 50Z');
    expect(stepPath([1, 3], spansOf(2, 10, 20), frame)).toBe('M0 49L50 49L50 47L100 47');
  });

  it('draws nothing for nothing', () => {
    expect([linePath([], [], frame), areaPath([], [], frame), stepPath([], [], frame), barsOf([], [], frame)]).toEqual(['', '', '', []]);
  });

  it('keeps a bar of one message visible, leaves zeros out, and mirrors for right-to-left', () => {
    const spans = spansOf(4, 10, 40);
    const bars = barsOf([0.2, 0, 10, 0], spans, frame);
    expect(bars).toEqual([{ index: 0, x: 1, y: 48.5, width: 23, height: 1.5 }, { index: 2, x: 51, y: 40, width: 23, height: 10 }]);
    expect(barsOf([5, 0, 0, 0], spans, mirrored)[0]).toMatchObject({ x: 76, width: 23 });
  });

  it('keeps 120 bars on a phone apart', () => {
    const narrow = { ...frame, x: (share: number) => share * 300 };
    const bars = barsOf(Array.from({ length: 120 }, () => 1), spansOf(120, 30, 3600), narrow);
    expect(bars).toHaveLength(120);
    expect(bars.every((bar, index) => index === 0 || bar.x >= (bars[index - 1]?.x ?? 0) + (bars[index - 1]?.width ?? 0))).toBe(true);
  });

  it('knows a show in which nothing happened', () => {
    const nothing = { viewers: 0, guests: 0, messages: 0, reactions: 0 };
    expect([isQuiet([]), isQuiet([nothing]), isQuiet([nothing, { ...nothing, viewers: 0.5 }])]).toEqual([true, true, false]);
  });
});
