// The course of a show: who watched, who was on stage, what was said, over time. Drawn by hand in four bands on one clock.
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { Analytics } from '@/shared/api';
import { average, clock, count, short, timeOfDay, toMs } from '@/shared/format';
import { useSize } from '@/shared/hooks';
import { useT, type Translate } from '@/shared/i18n';
import { Empty } from '@/shared/ui';
import { Clock } from '@/shared/ui/icons';
import { areaPath, barsOf, countTicks, isQuiet, linePath, momentAt, spansOf, stepPath, timeTicks, wholeOf, type Frame, type Moment, type Span } from './plot';

type Band = 'viewers' | 'guests' | 'messages' | 'reactions';

/** Heights of the bands without their titles, from the top down. */
const BANDS: { name: Band; height: number; ticks: number }[] = [
  { name: 'viewers', height: 150, ticks: 3 },
  { name: 'guests', height: 56, ticks: 2 },
  { name: 'messages', height: 56, ticks: 2 },
  { name: 'reactions', height: 56, ticks: 2 },
];
const TITLE_PX = 34;
const AXIS_PX = 24;
const SCALE_PX = 40;
/** Room one time under the axis takes. */
const TIME_PX = 64;
const HEIGHT = BANDS.reduce((sum, band) => sum + band.height + TITLE_PX, 0) + AXIS_PX;
const TIP_PX = 184;

interface Clockwork {
  spans: Span[];
  duration: number;
  /** Inner width of the bands. */
  width: number;
  mirrored: boolean;
}

function placeX(share: number, { width, mirrored }: Clockwork): number {
  return mirrored ? (1 - share) * width : SCALE_PX + share * width;
}

function Shape({ name, values, spans, frame, active }: { name: Band; values: number[]; spans: Span[]; frame: Frame; active: number | null }) {
  if (name === 'viewers') {
    return (
      <>
        <path className="pl-area" d={areaPath(values, spans, frame)} />
        <path className="pl-line" d={linePath(values, spans, frame)} />
      </>
    );
  }
  if (name === 'guests') return <path className="pl-line" d={stepPath(values, spans, frame)} />;
  return barsOf(values, spans, frame).map((bar) => (
    <rect key={bar.index} className={bar.index === active ? 'pl-bar on' : 'pl-bar'} x={bar.x} y={bar.y} width={bar.width} height={bar.height} rx={Math.min(2, bar.width / 2)} />
  ));
}

interface BandViewProps {
  band: (typeof BANDS)[number];
  top: number;
  timeline: Moment[];
  clockwork: Clockwork;
  active: number | null;
}

function BandView({ band, top, timeline, clockwork, active }: BandViewProps) {
  const t = useT();
  const values = timeline.map((moment) => moment[band.name]);
  const ticks = countTicks(Math.max(0, ...values), band.ticks);
  const roof = ticks[ticks.length - 1] ?? 1;
  const ground = top + TITLE_PX + band.height;
  const frame: Frame = { x: (share) => placeX(share, clockwork), y: (value) => ground - (value / roof) * (band.height - 8) };
  const [left, right] = [Math.min(frame.x(0), frame.x(1)), Math.max(frame.x(0), frame.x(1))];
  const beside = clockwork.mirrored ? right + 8 : left - 8;
  return (
    <g className={`pl-band ${band.name}`}>
      <text className="pl-title" x={clockwork.mirrored ? right : left} y={top + 22} textAnchor={clockwork.mirrored ? 'end' : 'start'}>
        {t(`plot.${band.name}`)}
      </text>
      {ticks.map((tick) => (
        <g key={tick}>
          <line className={tick === 0 ? 'pl-ground' : 'pl-grid'} x1={left} x2={right} y1={frame.y(tick)} y2={frame.y(tick)} />
          <text className="pl-tick" x={beside} y={frame.y(tick) + 4} textAnchor={clockwork.mirrored ? 'start' : 'end'}>
            {short(tick)}
          </text>
        </g>
      ))}
      <Shape name={band.name} values={values} spans={clockwork.spans} frame={frame} active={active} />
      {active !== null && (band.name === 'viewers' || band.name === 'guests') && (
        <circle className="pl-dot" cx={middleOf(active, clockwork)} cy={frame.y(values[active] ?? 0)} r="4" />
      )}
    </g>
  );
}

function middleOf(index: number, clockwork: Clockwork): number {
  const span = clockwork.spans[index] ?? { from: 0, to: 1 };
  return placeX((span.from + span.to) / 2, clockwork);
}

function TimeAxis({ clockwork }: { clockwork: Clockwork }) {
  const ticks = timeTicks(clockwork.duration, Math.floor(clockwork.width / TIME_PX));
  return ticks.map((tick) => {
    const x = placeX(tick / clockwork.duration, clockwork);
    // The first and the last would stick out of the plot.
    const rim = tick === 0 ? 'start' : (1 - tick / clockwork.duration) * clockwork.width < TIME_PX / 2 ? 'end' : 'middle';
    const anchor = !clockwork.mirrored || rim === 'middle' ? rim : rim === 'start' ? 'end' : 'start';
    return (
      <g key={tick}>
        <line className="pl-mark" x1={x} x2={x} y1={HEIGHT - AXIS_PX} y2={HEIGHT - AXIS_PX + 4} />
        <text className="pl-tick" x={x} y={HEIGHT - 4} textAnchor={anchor}>
          {clock(tick)}
        </text>
      </g>
    );
  });
}

function valueOf(band: Band, moment: Moment): string {
  return band === 'viewers' ? average(moment.viewers) : count(moment[band]);
}

function sayMoment(t: Translate, moment: Moment, second: number): string {
  return t('plot.at', { at: clock(second), viewers: average(moment.viewers), guests: count(moment.guests), messages: count(moment.messages), reactions: count(moment.reactions) });
}

function Tip({ moment, second, x, whole }: { moment: Moment & { at: number | null }; second: number; x: number; whole: number }) {
  const t = useT();
  const left = Math.max(0, Math.min(whole - TIP_PX, x > whole / 2 ? x - TIP_PX - 12 : x + 12));
  return (
    <div className="pl-tip" style={{ left, width: TIP_PX }} aria-hidden="true">
      <b className="num">
        {clock(second)} {moment.at !== null && <span className="sub">{timeOfDay(moment.at)}</span>}
      </b>
      <dl>
        {BANDS.map(({ name }) => (
          <div key={name} className={name}>
            <dt>{t(`plot.${name}`)}</dt>
            <dd>{valueOf(name, moment)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function TableOf({ analytics }: { analytics: Analytics }) {
  const t = useT();
  return (
    <details className="pl-table">
      <summary>{t('plot.table')}</summary>
      <div className="scroll" tabIndex={0} role="region" aria-label={t('plot.table')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('plot.time')}</th>
              {BANDS.map(({ name }) => (
                <th key={name} scope="col">
                  {t(`plot.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {analytics.timeline.map((moment, index) => (
              <tr key={index}>
                <th scope="row">{clock(index * analytics.bucket_s)}</th>
                {BANDS.map(({ name }) => (
                  <td key={name}>{valueOf(name, moment)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** One press of an arrow key, of Home, of End. */
function stepped(key: string, at: number | null, last: number, mirrored: boolean): number | null | undefined {
  const forward = mirrored ? 'ArrowLeft' : 'ArrowRight';
  const back = mirrored ? 'ArrowRight' : 'ArrowLeft';
  if (key === forward || key === 'ArrowUp') return at === null ? 0 : Math.min(last, at + 1);
  if (key === back || key === 'ArrowDown') return at === null ? last : Math.max(0, at - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  return key === 'Escape' ? null : undefined;
}

function Drawing({ analytics, clockwork, whole }: { analytics: Analytics; clockwork: Clockwork; whole: number }) {
  const t = useT();
  const { timeline, bucket_s: bucket } = analytics;
  const [active, setActive] = useState<number | null>(null);
  const last = timeline.length - 1;
  const pointed = (event: PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const share = clockwork.mirrored ? 1 - x / clockwork.width : (x - SCALE_PX) / clockwork.width;
    setActive(momentAt(clockwork.spans, share));
  };
  const pressed = (event: KeyboardEvent) => {
    const next = stepped(event.key, active, last, clockwork.mirrored);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
  };
  const moment = active === null ? undefined : timeline[active];
  const tops = BANDS.map((_, index) => BANDS.slice(0, index).reduce((sum, band) => sum + band.height + TITLE_PX, 0));
  const second = (active ?? 0) * bucket;
  return (
    <div
      className="pl-hold"
      role="slider"
      tabIndex={0}
      aria-label={t('plot.moment')}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={active ?? 0}
      aria-valuetext={sayMoment(t, timeline[active ?? 0] ?? { viewers: 0, guests: 0, messages: 0, reactions: 0 }, second)}
      onPointerMove={pointed}
      onPointerDown={pointed}
      onPointerLeave={() => setActive(null)}
      onBlur={() => setActive(null)}
      onKeyDown={pressed}
    >
      <svg className="pl" width={whole} height={HEIGHT} viewBox={`0 0 ${whole} ${HEIGHT}`} aria-hidden="true">
        {active !== null && <line className="pl-now" x1={middleOf(active, clockwork)} x2={middleOf(active, clockwork)} y1={TITLE_PX} y2={HEIGHT - AXIS_PX} />}
        {BANDS.map((band, index) => (
          <BandView key={band.name} band={band} top={tops[index] ?? 0} timeline={timeline} clockwork={clockwork} active={active} />
        ))}
        <TimeAxis clockwork={clockwork} />
      </svg>
      {moment !== undefined && <Tip moment={{ ...moment, at: toMs(moment.at) }} second={second} x={middleOf(active ?? 0, clockwork)} whole={whole} />}
    </div>
  );
}

function Section({ children }: { children: ReactNode }) {
  const t = useT();
  return (
    <section className="course card" aria-labelledby="course-title">
      <header>
        <h2 id="course-title">{t('plot.title')}</h2>
        <p className="sub">{t('plot.lead')}</p>
      </header>
      {children}
    </section>
  );
}

export function Plot({ analytics }: { analytics: Analytics }) {
  const t = useT();
  const [ref, size] = useSize<HTMLDivElement>();
  const { timeline, bucket_s: bucket, duration_s: seconds } = analytics;
  if (isQuiet(timeline)) {
    return (
      <section className="course card">
        <Empty icon={<Clock aria-hidden="true" />} title={t('plot.quiet')}>
          {t('plot.quiet_text')}
        </Empty>
      </section>
    );
  }
  const clockwork: Clockwork = {
    spans: spansOf(timeline.length, bucket, seconds),
    duration: wholeOf(timeline.length, bucket, seconds),
    width: Math.max(0, size.width - SCALE_PX),
    mirrored: document.documentElement.dir === 'rtl',
  };
  return (
    <Section>
      <div className="pl-box" ref={ref} style={{ minHeight: HEIGHT }}>
        {size.width > 0 && <Drawing analytics={analytics} clockwork={clockwork} whole={size.width} />}
      </div>
      <TableOf analytics={analytics} />
    </Section>
  );
}
