// Would catch: a server that measures a bad line while the page shows a good one, or the other way round.
import { expect, it } from 'vitest';
import { qualityOf } from './quality';

it.each([
  [undefined, undefined, 'good'],
  ['good', 2, 'good'],
  ['good', 0, 'weak'],
  ['weak', 2, 'weak'],
  ['good', 3, 'lost'],
  ['lost', 1, 'lost'],
] as const)('told %s, measured %s: %s', (told, score, word) => expect(qualityOf(told, score)).toBe(word));
