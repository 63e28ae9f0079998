// One word for the line of one person.
import type { Quality } from '@/media';

const LOST = 3;
const POOR = 0;

/** What the server measured and what this browser was told: the worse of the two is what people notice. */
export function qualityOf(told: Quality | undefined, score: number | undefined): Quality {
  if (told === 'lost' || score === LOST) return 'lost';
  return told === 'weak' || score === POOR ? 'weak' : 'good';
}
