// Would catch: a page that says all is well while something is lost, or blames the wrong part.
import { describe, expect, it } from 'vitest';
import { healthOf } from './Status';

describe('the state of the connection', () => {
  it.each([
    ['offline beats all', false, 'open', 0, 'connected', false, 'offline'],
    ['all is well', true, 'open', 0, 'connected', false, 'good'],
    ['my own upload is weak', true, 'open', 0, 'connected', true, 'weak'],
    ['the first try', true, 'connecting', 1, 'connecting', false, 'connecting'],
    ['the socket waits for its second try', true, 'waiting', 1, 'connected', false, 'reconnecting'],
    ['the socket failed again and again', true, 'waiting', 4, 'reconnecting', false, 'away'],
    ['media is lost, the socket is not', true, 'open', 0, 'reconnecting', false, 'reconnecting'],
    ['media does not get through', true, 'open', 0, 'blocked', false, 'blocked'],
    ['no picture place: chat is fine', true, 'open', 0, 'none', false, 'good'],
  ] as const)('%s', (_case, online, socket, attempt, media, weak, wanted) => {
    expect(healthOf(online, socket, attempt, media, weak)).toBe(wanted);
  });
});
