// Would catch: counts that shout, clocks that run wrong, two people in one colour by accident of order.
import { describe, expect, it } from 'vitest';
import { average, bits, clock, count, gelOf, initials, percent, short, toMs } from '.';

describe('format', () => {
  it('writes counts out up to 9,999, then shortens them', () => {
    expect(count(2418)).toBe('2,418');
    expect(count(9999)).toBe('9,999');
    expect(count(18_234)).toBe('18.2k');
  });

  it('writes averages, shares and the marks of an axis no longer than they need be', () => {
    expect([average(0), average(0.42), average(12.34), average(1873.4)]).toEqual(['0', '0.4', '12.3', '1,873']);
    expect([percent(0.005), percent(0.5), percent(0.0031, 1)]).toEqual(['1%', '50%', '0.3%']);
    expect([bits(640_400), bits(4_210_000)]).toEqual(['640 kb/s', '4.2 Mb/s']);
    expect([short(950), short(2000), short(18_200)]).toEqual(['950', '2k', '18.2k']);
  });

  it('writes a clock', () => {
    expect(clock(0)).toBe('0:00');
    expect(clock(247.9)).toBe('4:07');
    expect(clock(3862)).toBe('1:04:22');
    expect(clock(-5)).toBe('0:00');
  });

  it('reads both ways of writing time', () => {
    expect(toMs('1970-01-01T00:00:01.000Z')).toBe(1000);
    expect(toMs(5)).toBe(5);
    expect(toMs('soon')).toBeNull();
    expect(toMs(null)).toBeNull();
  });

  it('stands for people by one or two letters of any script', () => {
    expect(initials('Zanele Dlamini')).toBe('ZD');
    expect(initials('  mei ')).toBe('M');
    expect(initials('😀')).toBe('😀');
    expect(initials('')).toBe('?');
  });

  it('gives a person the same colour always', () => {
    expect(gelOf('a')).toBe(gelOf('a'));
  });
});
