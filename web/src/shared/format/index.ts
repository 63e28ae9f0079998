// Numbers, times and names as people read them.
import type { Time } from '@/shared/api';
import { formatLocale, type Translate } from '@/shared/i18n';

export function toMs(time: Time | null | undefined): number | null {
  if (time === null || time === undefined) return null;
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return Number.isFinite(ms) ? ms : null;
}

/** 2,418 up to 9,999, then 18.2k. */
export function count(value: number): string {
  const locale = formatLocale();
  if (Math.abs(value) < 10_000) return new Intl.NumberFormat(locale).format(value);
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value).replace('K', 'k');
}

/** As short as an axis needs it: 950, 2k, 18.2k. */
export function short(value: number): string {
  return new Intl.NumberFormat(formatLocale(), { notation: 'compact', maximumFractionDigits: 1 }).format(value).replace('K', 'k');
}

/** Bits a second as networks count them: 640 kb/s, 4.2 Mb/s. */
export function bits(perSecond: number): string {
  const mega = perSecond >= 1_000_000;
  const number = new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: mega ? 1 : 0 }).format(perSecond / (mega ? 1_000_000 : 1_000));
  return `${number} ${mega ? 'Mb/s' : 'kb/s'}`;
}

/** One digit after the point where it tells something: 0.4, 12.3, then 2,418. */
export function average(value: number): string {
  if (Math.abs(value) >= 100) return count(Math.round(value));
  return new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 1 }).format(value);
}

export function percent(share: number, digits = 0): string {
  return new Intl.NumberFormat(formatLocale(), { style: 'percent', maximumFractionDigits: digits }).format(share);
}

/** The time of day somebody's own clock showed. */
export function timeOfDay(ms: number): string {
  return new Intl.DateTimeFormat(formatLocale(), { hour: '2-digit', minute: '2-digit' }).format(ms);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Names as a sentence lists them: Jake, Priya and Kwame. */
export function listOf(names: string[]): string {
  return new Intl.ListFormat(formatLocale(), { type: 'conjunction' }).format(names);
}

/** A running clock: 4:07, 1:04:22. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** How long something has been going on, in words: 18 min. */
export function since(ms: number | null, now: number, t: Translate): string {
  if (ms === null) return '';
  const minutes = Math.max(0, Math.floor((now - ms) / 60_000));
  if (minutes < 1) return t('time.just_now');
  if (minutes < 60) return t('time.minutes', { n: minutes });
  return t('time.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

export function dateTime(time: Time | null | undefined): string {
  const ms = toMs(time);
  if (ms === null) return '';
  return new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(ms);
}

/** Up to two letters that stand for a person. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words[words.length - 1] ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

const GELS = [12, 40, 68, 95, 135, 160, 190, 220, 250, 285, 320, 350] as const;

/** A person's own hue, from their id: the same on every screen. */
export function gelOf(id: string): number {
  let hash = 2166136261;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619);
  return GELS[(hash >>> 0) % GELS.length] ?? 285;
}
