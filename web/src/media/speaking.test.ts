// Would catch: lights that flicker with every syllable, or stay on for somebody who left.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SPEAK_OFF_MS, SPEAK_ON_MS, Speaking } from './speaking';

describe('who speaks', () => {
  const told: [string, boolean][] = [];
  let speaking: Speaking;

  beforeEach(() => {
    vi.useFakeTimers();
    told.length = 0;
    speaking = new Speaking((identity, speaks) => told.push([identity, speaks]));
  });
  afterEach(() => vi.useRealTimers());

  it('lights nobody for a cough', () => {
    speaking.heard(['a']);
    vi.advanceTimersByTime(SPEAK_ON_MS - 1);
    speaking.heard([]);
    vi.advanceTimersByTime(SPEAK_OFF_MS * 2);
    expect(told).toEqual([]);
  });

  it('stays lit over short pauses and goes out after a long one', () => {
    speaking.heard(['a']);
    vi.advanceTimersByTime(SPEAK_ON_MS);
    speaking.heard([]);
    vi.advanceTimersByTime(SPEAK_OFF_MS - 1);
    speaking.heard(['a']);
    vi.advanceTimersByTime(SPEAK_OFF_MS);
    expect(told).toEqual([['a', true]]);
    speaking.heard([]);
    vi.advanceTimersByTime(SPEAK_OFF_MS);
    expect(told).toEqual([['a', true], ['a', false]]);
  });

  it('goes out at once when the person leaves', () => {
    speaking.heard(['a']);
    vi.advanceTimersByTime(SPEAK_ON_MS);
    speaking.gone('a');
    expect(told).toEqual([['a', true], ['a', false]]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
