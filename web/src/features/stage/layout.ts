// Where tiles go: the number of columns that gives the largest tile for the box's shape.

export interface Box {
  width: number;
  height: number;
}

export interface Rect extends Box {
  x: number;
  y: number;
}

export interface Grid {
  columns: number;
  rows: number;
  tiles: Rect[];
}

/** Tiles are never wider than 16:9 nor narrower than 9:16. */
export const WIDEST_ASPECT = 16 / 9;
export const NARROWEST_ASPECT = 9 / 16;

/** Tiles on one page; more scroll. */
export const TILES_ON_PHONE = 12;
export const TILES_ON_DESKTOP = 20;

function tileFor(cell: Box): Box {
  const aspect = cell.width / cell.height;
  if (aspect > WIDEST_ASPECT) return { width: cell.height * WIDEST_ASPECT, height: cell.height };
  if (aspect < NARROWEST_ASPECT) return { width: cell.width, height: cell.width / NARROWEST_ASPECT };
  return cell;
}

function cellFor(count: number, columns: number, box: Box, gap: number): Box | null {
  const rows = Math.ceil(count / columns);
  const width = (box.width - gap * (columns - 1)) / columns;
  const height = (box.height - gap * (rows - 1)) / rows;
  return width > 0 && height > 0 ? { width, height } : null;
}

/** The column count whose tile has the largest area; of equals, the one with fewer empty places. */
export function bestColumns(count: number, box: Box, gap: number): number {
  let best = { columns: 1, area: -1, empty: Infinity };
  for (let columns = 1; columns <= count; columns += 1) {
    const cell = cellFor(count, columns, box, gap);
    if (cell === null) continue;
    const tile = tileFor(cell);
    const area = tile.width * tile.height;
    const empty = Math.ceil(count / columns) * columns - count;
    const larger = area > best.area + 0.5;
    const tidier = Math.abs(area - best.area) <= 0.5 && empty < best.empty;
    if (larger || tidier) best = { columns, area, empty };
  }
  return best.columns;
}

/** Equal tiles, centred in the box; a short last row is centred too. */
export function gridOf(count: number, box: Box, gap: number): Grid {
  if (count <= 0 || box.width <= 0 || box.height <= 0) return { columns: 0, rows: 0, tiles: [] };
  const columns = bestColumns(count, box, gap);
  const rows = Math.ceil(count / columns);
  const cell = cellFor(count, columns, box, gap);
  if (cell === null) return { columns: 0, rows: 0, tiles: [] };
  const tile = tileFor(cell);
  const top = (box.height - (tile.height * rows + gap * (rows - 1))) / 2;
  const tiles: Rect[] = [];
  for (let index = 0; index < count; index += 1) {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - columns * (rows - 1) : columns;
    const start = (box.width - (tile.width * inRow + gap * (inRow - 1))) / 2;
    tiles.push({
      x: start + (index - row * columns) * (tile.width + gap),
      y: top + row * (tile.height + gap),
      width: tile.width,
      height: tile.height,
    });
  }
  return { columns, rows, tiles };
}

/** How much of the box's longer side the others get beside the one who speaks. */
export const STRIP_SHARE = 0.22;

/** One large tile, the others in a strip along the longer side; the first tile is the large one. */
export function speakerOf(count: number, box: Box, gap: number): Rect[] {
  if (count <= 1) return gridOf(count, box, gap).tiles;
  const wide = box.width >= box.height;
  const strip = Math.round((wide ? box.width : box.height) * STRIP_SHARE);
  const main: Box = wide
    ? { width: box.width - strip - gap, height: box.height }
    : { width: box.width, height: box.height - strip - gap };
  const side: Rect = wide
    ? { x: main.width + gap, y: 0, width: strip, height: box.height }
    : { x: 0, y: main.height + gap, width: box.width, height: strip };
  const large = gridOf(1, main, gap).tiles;
  const rest = gridOf(count - 1, side, gap).tiles.map((tile) => ({ ...tile, x: tile.x + side.x, y: tile.y + side.y }));
  return [...large, ...rest];
}

/** More people than a page holds: tiles keep the page's size, and the box scrolls. */
export function pagedGrid(count: number, box: Box, gap: number, page: number): Grid {
  if (count <= page) return gridOf(count, box, gap);
  const first = gridOf(page, box, gap);
  const tile = first.tiles[0];
  if (tile === undefined) return first;
  const left = (box.width - (tile.width * first.columns + gap * (first.columns - 1))) / 2;
  const tiles = Array.from({ length: count }, (_, index): Rect => {
    const row = Math.floor(index / first.columns);
    return {
      x: left + (index % first.columns) * (tile.width + gap),
      y: row * (tile.height + gap),
      width: tile.width,
      height: tile.height,
    };
  });
  return { columns: first.columns, rows: Math.ceil(count / first.columns), tiles };
}
