// Would catch: a way that is called blocked because another one was tried, and a summary that names the wrong one.
import { describe, expect, it } from 'vitest';
import { LEGS, near, NotOffered, only, relays, untested, verdict, type Leg, type Results } from './legs';

const SDP = ['v=0', 'a=ice-lite', 'a=candidate:1 1 udp 1 192.0.2.1 7882 typ host', 'a=candidate:2 1 TCP 1 192.0.2.1 7881 typ host tcptype passive', ''].join('\r\n');

describe('an answer for one way', () => {
  it('has the candidates of that way alone', () => {
    expect(only(SDP, 'udp')).toBe(SDP.replace(/a=candidate:2.*\r\n/, ''));
    expect(only(SDP, 'tcp')).toBe(SDP.replace(/a=candidate:1.*\r\n/, ''));
    expect(only(SDP, 'relay_tcp')).toBe(only(SDP, 'udp'));
  });
});

describe('the relay by one way', () => {
  const all = [
    { urls: ['stun:stun.example'] },
    { urls: ['turn:a:1?transport=udp', 'turn:a:1?transport=tcp', 'turns:a:1?transport=tcp', 'turn:b:1'], username: 'u', credential: 'c' },
  ];
  it.each([
    ['relay_udp', ['turn:a:1?transport=udp', 'turn:b:1']],
    ['relay_tcp', ['turn:a:1?transport=tcp']],
    ['relay_tls', ['turns:a:1?transport=tcp']],
  ] as const)('%s', (leg, urls) => {
    expect(relays(all, leg)).toEqual([{ urls, username: 'u', credential: 'c' }]);
  });
});

describe('the clock', () => {
  const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
  it.each([
    [0, true],
    [60_000, true],
    [-60_000, true],
    [60_001, false],
    [-3_600_000, false],
  ])('%d ms away', (away, good) => expect(near(date, Date.parse(date) + away)).toBe(good));
  it('is not judged by a server that does not tell its own', () => expect(() => near(null, 0)).toThrow(NotOffered));
});

describe('the verdict', () => {
  const results = (...working: Leg[]): Results =>
    Object.fromEntries(LEGS.map((leg) => [leg, working.includes(leg) ? { state: 'ok', ms: 1 } : { state: 'failed' }])) as Results;
  it.each([
    ['good', results('server', 'clock', 'socket', 'udp')],
    ['detour', results('server', 'clock', 'socket', 'tcp', 'relay_udp')],
    ['relay', results('server', 'clock', 'socket', 'relay_tls')],
    ['blocked', results('server', 'clock', 'socket')],
    ['clock', results('server', 'socket', 'udp')],
    ['clock', results('server', 'socket', 'relay_tls')],
    ['blocked', results('server', 'socket')],
    ['no_socket', results('server', 'udp')],
    ['no_server', results()],
    ['testing', untested()],
  ])('%s', (word, given) => expect(verdict(given)).toBe(word));
});
