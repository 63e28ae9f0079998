// Would catch: a key without words, a locale without a key, a lost placeholder, a problem nobody can read.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { AwayError, ProblemError } from '@/shared/api';
import { hasWords, LOCALES, startWords, t, useLocale } from '.';
import { fieldWords, problemWords } from './problem';
import { pseudo, type Words } from './pseudo';
import { english } from './words';

const SRC = path.resolve(import.meta.dirname, '../..');
const REPOSITORY = path.resolve(SRC, '../..');

function flat(words: Words, before = ''): Record<string, string> {
  return Object.entries(words).reduce<Record<string, string>>((all, [key, value]) => {
    const name = before === '' ? key : `${before}.${key}`;
    return typeof value === 'string' ? { ...all, [name]: value } : { ...all, ...flat(value, name) };
  }, {});
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return sources(file);
    return /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) ? [file] : [];
  });
}

/** Keys written out in full anywhere in the program. */
function usedKeys(): string[] {
  const roots = Object.keys(english).filter((root) => root !== 'problems').join('|');
  const key = new RegExp(`['"](?:${roots})\\.[a-z_]+['"]`, 'g');
  const events = new Set(['stage', 'chat', 'session', 'moderation']);
  return [...new Set(sources(SRC).flatMap((file) => [...readFileSync(file, 'utf8').matchAll(key)].map(([found]) => found.slice(1, -1))))].filter(
    (name) => !events.has(name.split('.')[0] ?? '') || hasWords(name),
  );
}

const placeholders = (text: string) => [...text.matchAll(/\{\{[^}]*\}\}/g)].map(([found]) => found).sort();

beforeAll(() => startWords('en'));

describe('words', () => {
  const all = flat(english);

  it.each(LOCALES.filter((locale) => locale !== 'en'))('%s has every key, with the same placeholders', (locale) => {
    const made = flat(pseudo(english, locale as 'en-XA' | 'ar-XB'));
    expect(Object.keys(made)).toEqual(Object.keys(all));
    for (const [key, text] of Object.entries(all)) expect(placeholders(made[key] ?? ''), key).toEqual(placeholders(text));
  });

  it('has words for every key the program uses', () => {
    const plain = (key: string) => hasWords(key) || hasWords(`${key}_other`) || Object.keys(all).some((known) => known.startsWith(`${key}_`));
    const missing = usedKeys().filter((key) => !plain(key));
    expect(usedKeys().length).toBeGreaterThan(200);
    expect(missing).toEqual([]);
  });

  it('never cries and leaves nothing empty', () => {
    for (const [key, text] of Object.entries(all)) {
      expect(text.trim(), key).not.toBe('');
      expect(text, key).not.toMatch(/!/);
    }
  });

  it('turns the page round for a right-to-left language and back', async () => {
    await useLocale('ar-XB');
    expect([document.documentElement.dir, document.documentElement.lang]).toEqual(['rtl', 'ar-XB']);
    await useLocale('en-XA');
    expect(document.documentElement.dir).toBe('ltr');
    expect(t('common.go_live')).toMatch(/^\[Ĝö ļîṽé·+\]$/);
    await useLocale('en');
    expect(t('common.go_live')).toBe('Go live');
  });
});

describe('problems', () => {
  /** Every code the server can answer with, read where it is defined. */
  const file = path.join(REPOSITORY, 'crates/onstage-domain/src/problem.rs');
  const codes = existsSync(file) ? [...readFileSync(file, 'utf8').matchAll(/= "([a-z_]+\/[a-z_]+)", \d{3},/g)].map(([, code]) => code ?? '') : [];

  it('has words for every code of the server', () => {
    expect(codes.length).toBeGreaterThan(40);
    expect(codes.filter((code) => !hasWords(`problems.${code}`))).toEqual([]);
  });

  it('says how long to wait when the server says it', () => {
    const slow = new ProblemError({ code: 'chat/slow_mode', status: 429, retry_after_ms: 4200 });
    expect(problemWords(slow, t)).toBe('Slow mode is on. You can send this in 5 s; it is kept.');
    expect(problemWords(new ProblemError({ code: 'chat/slow_mode', status: 429 }), t)).toContain('Wait a moment');
  });

  it('falls back to the sentence of the server, then to a general one', () => {
    expect(problemWords(new ProblemError({ code: 'future/word', status: 409, detail: 'The moon is full.' }), t)).toBe('The moon is full.');
    expect(problemWords(new ProblemError({ code: 'future/word', status: 409 }), t)).toBe(english.problems['client/unknown']);
    expect(problemWords(new Error('secret'), t)).toBe(english.problems['client/unknown']);
    expect(problemWords(new AwayError(true), t)).toBe(english.problems['client/offline']);
  });

  it('puts a field error beside its field', () => {
    const wrong = new ProblemError({ code: 'request/invalid', status: 422, errors: [{ pointer: '/handle', code: 'too_short', detail: 'x' }] });
    expect(fieldWords(wrong, 'handle', t)).toBe('This is too short.');
    expect(fieldWords(wrong, 'password', t)).toBeUndefined();
  });
});
