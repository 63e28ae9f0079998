// The hash of the shapes the app reads: what they allow, whatever is said about them, and none it does not read.
import { createHash } from 'node:crypto';

function bare(value, refs) {
  if (Array.isArray(value)) return value.map((item) => bare(item, refs));
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.$ref === 'string') refs.add(value.$ref.split('/').at(-1));
  const entries = Object.entries(value).filter(([key, inner]) => key !== 'description' || typeof inner !== 'string');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, bare(inner, refs)]));
}

/** The bodies a source names as `Bodies['…']`. */
export function namesIn(source) {
  return [...source.matchAll(/Bodies\['(\w+)'\]/g)].map(([, name]) => name);
}

/** Over these shapes and everything they refer to. */
export function shapeHash(schemas, names) {
  const seen = {};
  const due = new Set(names);
  for (const name of due) {
    if (!(name in seen)) seen[name] = bare(schemas[name] ?? null, due);
  }
  const sorted = Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
