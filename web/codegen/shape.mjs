// The hash of shapes: what they allow, whatever is said about them.
import { createHash } from 'node:crypto';

function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key, inner]) => key !== 'description' || typeof inner !== 'string');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, bare(inner)]));
}

/** @param {unknown} schemas */
export function shapeHash(schemas) {
  return createHash('sha256').update(JSON.stringify(bare(schemas))).digest('hex');
}
