// Would catch: tiles that overlap, leave the box, are too thin or wide, or differ from the server's layout.
import { describe, expect, it } from 'vitest';
import { gridOf, NARROWEST_ASPECT, speakerOf, WIDEST_ASPECT, type Rect } from './layout';
import vectors from './layout.vectors.json';

function overlap(a: Rect, b: Rect): boolean {
  const slack = 0.01;
  return (
    a.x + a.width > b.x + slack && b.x + b.width > a.x + slack && a.y + a.height > b.y + slack && b.y + b.height > a.y + slack
  );
}

function expectSound(tiles: Rect[], width: number, height: number): void {
  for (const [index, tile] of tiles.entries()) {
    expect(tile.x).toBeGreaterThanOrEqual(-0.01);
    expect(tile.y).toBeGreaterThanOrEqual(-0.01);
    expect(tile.x + tile.width).toBeLessThanOrEqual(width + 0.01);
    expect(tile.y + tile.height).toBeLessThanOrEqual(height + 0.01);
    expect(tile.width / tile.height).toBeGreaterThanOrEqual(NARROWEST_ASPECT - 0.001);
    expect(tile.width / tile.height).toBeLessThanOrEqual(WIDEST_ASPECT + 0.001);
    for (const other of tiles.slice(index + 1)) expect(overlap(tile, other)).toBe(false);
  }
}

describe('the grid', () => {
  it.each(vectors)('$count tiles in $box.width × $box.height match the shared vectors', (vector) => {
    const grid = gridOf(vector.count, vector.box, vector.gap);
    expect([grid.columns, grid.rows]).toEqual([vector.columns, vector.rows]);
    for (const [index, tile] of grid.tiles.entries()) {
      const wanted = vector.tiles[index] ?? [];
      [tile.x, tile.y, tile.width, tile.height].forEach((value, at) => expect(value).toBeCloseTo(wanted[at] ?? NaN, 1));
    }
    expectSound(grid.tiles, vector.box.width, vector.box.height);
  });

  it('gives four people two columns on a desktop stage', () => {
    expect(gridOf(4, { width: 1038, height: 640 }, 6).columns).toBe(2);
  });

  it('gives nothing to an empty stage or a box without size', () => {
    expect(gridOf(0, { width: 100, height: 100 }, 2).tiles).toEqual([]);
    expect(gridOf(3, { width: 0, height: 100 }, 2).tiles).toEqual([]);
  });
});

describe('the speaker view', () => {
  it.each([1, 2, 3, 5, 8, 20])('keeps %i tiles sound, the first the largest', (count) => {
    const tiles = speakerOf(count, { width: 1038, height: 640 }, 6);
    expect(tiles).toHaveLength(count);
    expectSound(tiles, 1038, 640);
    const [first, ...rest] = tiles.map((tile) => tile.width * tile.height);
    for (const area of rest) expect(first).toBeGreaterThanOrEqual(area);
  });
});
