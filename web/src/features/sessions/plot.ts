// The geometry of the plot: pure numbers, so that it can be tested without a page.

/** One moment of a show's course, as the server tells it. */
export interface Moment {
  viewers: number;
  guests: number;
  messages: number;
  reactions: number;
}

/** Where a moment lies, as shares of the whole show from 0 to 1. */
export interface Span {
  from: number;
  to: number;
}

/** Steps people count in: 1, 2, 5, 10, 20, 50 … */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = [1, 2, 5, 10].find((step) => step * power >= rough * 0.999) ?? 10;
  return lead * power;
}

/** Whole numbers from 0 to at least `max`, about `wanted` of them above 0. */
export function countTicks(max: number, wanted: number): number[] {
  const step = Math.max(1, roundStep(Math.max(max, 1) / wanted));
  const steps = Math.max(1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}

const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Times worth writing under the axis, so that at most `room` of them stand there. */
export function timeTicks(duration: number, room: number): number[] {
  const most = Math.max(1, room);
  const step = TIME_STEPS_S.find((one) => duration / one <= most) ?? Math.ceil(duration / most / 86_400) * 86_400;
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, index) => index * step);
}

/** The last moment may be shorter than the others. */
export function spansOf(moments: number, bucket: number, duration: number): Span[] {
  const total = wholeOf(moments, bucket, duration);
  return Array.from({ length: moments }, (_, index) => ({
    from: Math.min(1, (index * bucket) / total),
    to: Math.min(1, ((index + 1) * bucket) / total),
  }));
}

/** The length of the axis in seconds: the show's own, unless its last moment has no width in it. */
export function wholeOf(moments: number, bucket: number, duration: number): number {
  const begun = Math.max(0, moments - 1) * bucket;
  return duration > begun ? duration : Math.max(1, moments * bucket);
}

/** The moment under a share of the width. */
export function momentAt(spans: Span[], share: number): number {
  const found = spans.findIndex((span) => share < span.to);
  return found < 0 ? spans.length - 1 : found;
}

export interface Frame {
  x: (share: number) => number;
  /** Of a value from 0 to the top tick. */
  y: (value: number) => number;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** A line through the middle of each moment, level at both ends. */
export function linePath(values: number[], spans: Span[], { x, y }: Frame): string {
  if (values.length === 0) return '';
  const middle = values.map((value, index) => {
    const span = spans[index] ?? { from: 0, to: 1 };
    return [(span.from + span.to) / 2, value] as const;
  });
  const points = [[0, values[0] ?? 0] as const, ...middle, [1, values[values.length - 1] ?? 0] as const];
  return points.map(([share, value], index) => `${index === 0 ? 'M' : 'L'}${round(x(share))} ${round(y(value))}`).join('');
}

export function areaPath(values: number[], spans: Span[], frame: Frame): string {
  if (values.length === 0) return '';
  return `${linePath(values, spans, frame)}L${round(frame.x(1))} ${round(frame.y(0))}L${round(frame.x(0))} ${round(frame.y(0))}Z`;
}

/** People come and go at once: steps, not slopes. */
export function stepPath(values: number[], spans: Span[], { x, y }: Frame): string {
  return values
    .map((value, index) => {
      const span = spans[index] ?? { from: 0, to: 1 };
      const level = round(y(value));
      return `${index === 0 ? 'M' : 'L'}${round(x(span.from))} ${level}L${round(x(span.to))} ${level}`;
    })
    .join('');
}

export interface Bar {
  index: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Thinnest bar that can still be seen. */
const BAR_PX_MIN = 1.5;
const BAR_GAP_PX_MAX = 2;

export function barsOf(values: number[], spans: Span[], { x, y }: Frame): Bar[] {
  const ground = y(0);
  return values.flatMap((value, index): Bar[] => {
    const span = spans[index];
    if (value <= 0 || span === undefined) return [];
    const [a, b] = [x(span.from), x(span.to)];
    const whole = Math.abs(b - a);
    const gap = Math.min(BAR_GAP_PX_MAX, whole * 0.2);
    const width = Math.max(BAR_PX_MIN, whole - gap);
    const height = Math.max(BAR_PX_MIN, ground - y(value));
    return [{ index, x: round(Math.min(a, b) + gap / 2), y: round(ground - height), width: round(width), height: round(height) }];
  });
}

/** Whether there is anything to see at all. */
export function isQuiet(timeline: Moment[]): boolean {
  return timeline.every((moment) => moment.viewers === 0 && moment.guests === 0 && moment.messages === 0 && moment.reactions === 0);
}
