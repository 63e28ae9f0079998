// Would catch: an app built against yesterday's contract, and an event of the server the app never heard of.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { reduceChat, emptyChat } from '@/features/chat';
import { emptyShow } from '@/features/stage/model';
import { reduce } from '@/features/stage/reduce';
import { EVENT_NAMES } from '@/generated/events';
import { namesIn, shapeHash } from '../../codegen/shape.mjs';

const API = path.resolve(import.meta.dirname, '../../../api');
const GENERATED = path.resolve(import.meta.dirname, '../generated');

describe('what was generated', () => {
  it('has the shapes of api/openapi.json as they are now (else: npm ci && npm run generate in web/codegen)', () => {
    const { components } = JSON.parse(readFileSync(path.join(API, 'openapi.json'), 'utf8')) as { components: { schemas: unknown } };
    const made = readFileSync(path.join(GENERATED, 'api.ts'), 'utf8').split('\n')[0];
    expect(made).toContain(shapeHash(components.schemas, namesIn(readFileSync(path.join(GENERATED, '../shared/api/types.ts'), 'utf8'))));
  });

  it('knows the events of api/events.schema.json', () => {
    const { oneOf } = JSON.parse(readFileSync(path.join(API, 'events.schema.json'), 'utf8')) as { oneOf: { properties: { name: { const: string } } }[] };
    expect(oneOf.map((event) => event.properties.name.const).sort()).toEqual([...EVENT_NAMES]);
  });

  /** Told for other pages than these, or shown from the media itself. */
  const PASSED_OVER = ['stage.speaking'];

  it('is heard: every event of the server changes the stage or the chat, or is passed over on purpose', () => {
    const participant = { user_id: 'u', role: 'guest', presence: 'on_stage', joined_at: '' };
    const more = { user_id: 'me', request: { id: 'r', state: 'pending' }, invitation: { id: 'i', state: 'pending' }, session: {}, viewer_count: 7, message: { id: 'm' }, message_id: 'x', counts: { heart: 1 }, kind: 'heart', count: 1, ends_at: '2026-11-21T08:00:00.000Z', until: '2026-11-21T08:00:00.000Z', reason: 'left', score: 0, by: 'b', media: 'audio' };
    const me = { userId: 'me', role: 'viewer' as const, participant: null, mayManage: false, mayModerateChat: false };
    const show = { ...emptyShow(), me, removed: [{ userId: 'me', handle: 'h' }], session: {} as never };
    const chat = { ...emptyChat(), lines: [{ kind: 'message' as const, key: 'x', message: {} as never }] };
    const deaf = EVENT_NAMES.filter((name) => {
      const event = { seq: 1, name, at: '', data: { participant, ...more } };
      return reduce(show, event) === show && reduceChat(chat, event) === chat;
    });
    expect(deaf).toEqual(PASSED_OVER);
  });
});
