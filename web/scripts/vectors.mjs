// Writes the layout vectors shared with the server: run with `node --experimental-strip-types scripts/vectors.mjs`.
import { writeFileSync } from 'node:fs';
import { gridOf } from '../src/features/stage/layout.ts';

const boxes = [
  { width: 1038, height: 640 },
  { width: 1280, height: 720 },
  { width: 390, height: 540 },
  { width: 844, height: 260 },
  { width: 500, height: 500 },
];
const round = (value) => Math.round(value * 100) / 100;
const vectors = [];
for (const box of boxes) {
  for (const count of [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 20]) {
    const gap = box.width < 640 ? 2 : 6;
    const grid = gridOf(count, box, gap);
    vectors.push({
      count,
      box,
      gap,
      columns: grid.columns,
      rows: grid.rows,
      tiles: grid.tiles.map((tile) => [round(tile.x), round(tile.y), round(tile.width), round(tile.height)]),
    });
  }
}
const lines = vectors.map((vector) => `  ${JSON.stringify(vector)}`).join(',\n');
writeFileSync(new URL('../src/features/stage/layout.vectors.json', import.meta.url), `[\n${lines}\n]\n`);
