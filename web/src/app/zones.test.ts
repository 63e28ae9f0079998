// Would catch: a feature that reaches into another one, shared code that knows features, React inside media.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '..');

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return files(file);
    return /\.tsx?$/.test(file) ? [file] : [];
  });
}

interface Import {
  from: string;
  to: string;
}

const imports: Import[] = files(SRC).flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, to]) => ({
    from: path.relative(SRC, file),
    to: (to ?? '').startsWith('.') ? path.relative(SRC, path.resolve(path.dirname(file), to ?? '')) : (to ?? '').replace(/^@\//, ''),
  })),
);

const zone = (name: string) => name.split('/')[0] ?? '';
const feature = (name: string) => (zone(name) === 'features' ? (name.split('/')[1] ?? null) : null);

describe('import zones', () => {
  it('sees imports at all', () => expect(imports.length).toBeGreaterThan(150));

  it('lets features use each other only by their index', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [mine, theirs] = [feature(from), feature(to)];
      return mine !== null && theirs !== null && mine !== theirs && to.split('/').length > 2;
    });
    expect(wrong).toEqual([]);
  });

  it('lets the app alone, beside features themselves, use features', () => {
    const wrong = imports.filter(({ from, to }) => feature(to) !== null && !['app', 'features', 'main.tsx'].includes(zone(from)));
    expect(wrong).toEqual([]);
  });

  it('keeps React out of media, and livekit inside it', () => {
    expect(imports.filter(({ from, to }) => zone(from) === 'media' && /^react/.test(to))).toEqual([]);
    expect(imports.filter(({ from, to }) => zone(from) !== 'media' && to === 'livekit-client')).toEqual([]);
  });

  it('keeps files small', () => {
    const long = files(SRC).filter((file) => !file.includes('/generated/') && readFileSync(file, 'utf8').split('\n').length > 400);
    expect(long.map((file) => path.relative(SRC, file))).toEqual([]);
  });

  it('lets every file open with what it is for', () => {
    const mute = files(SRC).filter((file) => !/^(\/\/|\/\*)/.test(readFileSync(file, 'utf8')));
    expect(mute.map((file) => path.relative(SRC, file))).toEqual([]);
  });
});
