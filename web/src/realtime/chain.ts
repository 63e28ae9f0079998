// One session's place in its log: decides for each event whether it is next, old, or past a gap.
import type { LiveEvent } from './frames';

export type Verdict = 'apply' | 'drop' | 'gap';

/** Kept events have a `prev`; the others say after which kept event they come. */
export class Chain {
  /** The last kept seq this page has applied, or null before the first snapshot. */
  last: number | null = null;

  snapshot(seq: number): void {
    this.last = seq;
  }

  caughtUp(seq: number): void {
    if (this.last === null || seq > this.last) this.last = seq;
  }

  reset(): void {
    this.last = null;
  }

  judge(event: LiveEvent): Verdict {
    if (this.last === null) return 'drop';
    if (event.after !== undefined) return event.after > this.last ? 'gap' : 'apply';
    if (event.seq <= this.last) return 'drop';
    if (event.prev !== undefined && event.prev > this.last) return 'gap';
    this.last = event.seq;
    return 'apply';
  }
}
