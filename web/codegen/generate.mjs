// Writes web/src/generated: types from api/openapi.json, names of events from api/events.schema.json.
// The types carry the hash of the shapes they were made from; a test of the web app compares it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { namesIn, shapeHash } from './shape.mjs';

const api = new URL('../../api/', import.meta.url);
const out = new URL('../src/generated/', import.meta.url);
mkdirSync(out, { recursive: true });

const openapi = readFileSync(new URL('openapi.json', api), 'utf8');
// Bodies only: the app's own calls name their paths, and are typed by what they send and get.
const { components, info, openapi: version } = JSON.parse(openapi);
const names = namesIn(readFileSync(new URL('../src/shared/api/types.ts', import.meta.url), 'utf8'));
const types = astToString(await openapiTS({ openapi: version, info, components, paths: {} }, { alphabetize: true, exportType: true }));
writeFileSync(new URL('api.ts', out), `// Made by web/codegen from api/openapi.json; do not edit. shapes ${shapeHash(components.schemas, names)}\n${types}`);

const events = readFileSync(new URL('events.schema.json', api), 'utf8');
const eventNames = JSON.parse(events).oneOf.map((event) => event.properties.name.const).sort();
const list = eventNames.map((name) => `  '${name}',`).join('\n');
writeFileSync(new URL('events.ts', out), `// Made by web/codegen from api/events.schema.json; do not edit.\nexport const EVENT_NAMES = [\n${list}\n] as const;\n\nexport type EventName = (typeof EVENT_NAMES)[number];\n`);
console.log(`${eventNames.length} events, ${types.split('\n').length} lines of types`);
