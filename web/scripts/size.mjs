// Weighs the built app, gzipped, and fails when a part is heavier than its budget.
// shell: what every page loads. A route: what it loads on top of the shell. words: data, loaded beside.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KB = 1000;
const BUDGETS_KB = { shell: 100, words: 15, home: 40, watch: 240, studio: 240, greenroom: 60, operator: 60 };

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const weigh = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const shellKeys = closure('index.html');
const total = (keys) => [...keys].reduce((sum, key) => sum + weigh(manifest[key].file), 0);
const beyondShell = (...roots) => {
  const keys = new Set(roots.flatMap((root) => [...closure(root)]));
  return total([...keys].filter((key) => !shellKeys.has(key)));
};

const parts = {
  shell: total(shellKeys),
  words: beyondShell('src/shared/i18n/words.ts'),
  home: beyondShell('src/features/sessions/HomePage.tsx'),
  watch: beyondShell('src/features/stage/ShowPage.tsx'),
  studio: beyondShell('src/features/stage/ShowPage.tsx', 'src/features/stage/StudioLayout.tsx'),
  greenroom: beyondShell('src/features/sessions/GoLivePage.tsx'),
  operator: beyondShell('src/features/operator/OperatorPage.tsx'),
};

let heavy = 0;
for (const [name, bytes] of Object.entries(parts)) {
  const budget = BUDGETS_KB[name] * KB;
  const word = bytes > budget ? 'TOO HEAVY' : 'ok';
  if (bytes > budget) heavy += 1;
  console.log(`${name.padEnd(10)} ${(bytes / KB).toFixed(1).padStart(7)} kB of ${String(BUDGETS_KB[name]).padStart(4)} kB  ${word}`);
}
process.exit(heavy === 0 ? 0 : 1);
