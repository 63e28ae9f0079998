// Made-up locales: longer accented English, and English shown from right to left.

const ACCENTS: Record<string, string> = {
  a: 'á', b: 'ƀ', c: 'ç', d: 'ð', e: 'é', f: 'ƒ', g: 'ĝ', h: 'ĥ', i: 'î', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ',
  n: 'ñ', o: 'ö', p: 'þ', q: 'ǫ', r: 'ŕ', s: 'š', t: 'ţ', u: 'û', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž',
  A: 'Å', B: 'Ɓ', C: 'Ç', D: 'Ð', E: 'É', F: 'Ƒ', G: 'Ĝ', H: 'Ĥ', I: 'Î', J: 'Ĵ', K: 'Ķ', L: 'Ļ', M: 'Ṁ',
  N: 'Ñ', O: 'Ö', P: 'Þ', Q: 'Ǫ', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Û', V: 'Ṽ', W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž',
};

/** How much longer made-up words are: other languages need up to 40 % more room than English. */
const LONGER = 0.4;

export type Words = { [key: string]: string | Words };

function outsidePlaceholders(text: string, change: (part: string) => string): string {
  return text
    .split(/(\{\{[^}]*\}\})/)
    .map((part) => (part.startsWith('{{') ? part : change(part)))
    .join('');
}

export function accented(text: string): string {
  const letters = outsidePlaceholders(text, (part) => [...part].map((letter) => ACCENTS[letter] ?? letter).join(''));
  const padding = '·'.repeat(Math.max(1, Math.round(text.replace(/\{\{[^}]*\}\}/g, '').length * LONGER)));
  return `[${letters}${padding}]`;
}

/** Right-to-left marks around every run, so that layout and not the words is what mirrors. */
export function mirrored(text: string): string {
  return outsidePlaceholders(text, (part) => (part.trim() === '' ? part : part.replace(/\S+/g, '\u202e$&\u202c')));
}

export function pseudo(words: Words, locale: 'en-XA' | 'ar-XB'): Words {
  const change = locale === 'en-XA' ? accented : mirrored;
  return Object.fromEntries(
    Object.entries(words).map(([key, value]) => [key, typeof value === 'string' ? change(value) : pseudo(value, locale)]),
  );
}
