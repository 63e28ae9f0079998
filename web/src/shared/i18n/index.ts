// Words: one English source, two made-up locales for testing, and a hook that follows the language.
import i18next from 'i18next';
import { useSyncExternalStore } from 'react';

export const LOCALES = ['en', 'en-XA', 'ar-XB'] as const;
export type Locale = (typeof LOCALES)[number];

/** Languages written from right to left. */
const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/;

export type Translate = (key: string, values?: Record<string, unknown>) => string;

let version = 0;
const listeners = new Set<() => void>();

export function wantedLocale(search: string): Locale {
  const asked = new URLSearchParams(search).get('lang') ?? readKept();
  return (LOCALES as readonly string[]).includes(asked ?? '') ? (asked as Locale) : 'en';
}

function readKept(): string | null {
  try {
    return sessionStorage.getItem('onstage.lang');
  } catch {
    return null;
  }
}

export async function startWords(locale: Locale): Promise<void> {
  const { english } = await import('./words');
  await i18next.init({
    lng: 'en',
    fallbackLng: 'en',
    keySeparator: '.',
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { en: { translation: english } },
  });
  await useLocale(locale);
}

export async function useLocale(locale: Locale): Promise<void> {
  if (locale !== 'en' && !i18next.hasResourceBundle(locale, 'translation')) {
    const [{ pseudo }, { english }] = await Promise.all([import('./pseudo'), import('./words')]);
    i18next.addResourceBundle(locale, 'translation', pseudo(english, locale));
  }
  await i18next.changeLanguage(locale);
  try {
    sessionStorage.setItem('onstage.lang', locale);
  } catch {
    // Private mode: the choice lasts for this page only.
  }
  document.documentElement.lang = locale;
  document.documentElement.dir = RIGHT_TO_LEFT.test(locale) ? 'rtl' : 'ltr';
  version += 1;
  for (const listener of listeners) listener();
}

export const t: Translate = (key, values) => i18next.t(key, values ?? {});

export function hasWords(key: string): boolean {
  return i18next.exists(key);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The translate function; the component draws again when the language changes. */
export function useT(): Translate {
  useSyncExternalStore(subscribe, () => version);
  return t;
}

/** The locale numbers, times and lists are written in. */
export function formatLocale(): string {
  const language = i18next.language ?? 'en';
  if (language === 'en-XA') return 'en';
  if (language === 'ar-XB') return 'ar';
  return typeof navigator === 'undefined' ? language : (navigator.language ?? language);
}
