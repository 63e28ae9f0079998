// Would catch: messages shown twice, deleted ones that stay, a list that grows without end.
import { describe, expect, it } from 'vitest';
import type { Message } from '@/shared/api';
import { addMessage, emptyChat, LINES_KEPT_MAX, reduceChat } from './model';

const message = (id: string): Message => ({ id, session_id: 's', user_id: 'u', handle: 'h', text: id, kind: 'text', created_at: '2026-11-21T08:00:00.000Z' });
const event = (name: string, data: Record<string, unknown>, seq = 1) => ({ seq, name, at: '', data });

describe('chat', () => {
  it('shows a message once, whether reply or event brings it first', () => {
    const sent = addMessage(emptyChat(), message('a'));
    expect(reduceChat(sent, event('chat.sent', { message: message('a') })).lines).toHaveLength(1);
  });

  it('takes a deleted message away', () => {
    const sent = addMessage(emptyChat(), message('a'));
    expect(reduceChat(sent, event('chat.deleted', { message_id: 'a', by: 'x' })).lines).toEqual([]);
  });

  it('counts one reaction and whole batches alike', () => {
    const one = reduceChat(emptyChat(), event('chat.reacted', { user_id: 'u', handle: 'h', kind: 'fire', count: 3 }));
    const many = reduceChat(one, event('chat.reactions', { counts: { heart: 40, clap: 2 } }));
    expect(many.reactions).toBe(45);
    expect(many.last?.kind).toBe('clap');
  });

  it('says who is on stage, not who has a held seat', () => {
    const person = (presence: string) => ({ participant: { user_id: 'u', display_name: 'Kwame', presence } });
    expect(reduceChat(emptyChat(), event('stage.guest_joined', person('held'))).lines).toEqual([]);
    expect(reduceChat(emptyChat(), event('stage.went_on_stage', person('on_stage'))).lines).toMatchObject([{ kind: 'stage', name: 'Kwame' }]);
  });

  it('reaches_lines_kept_max and forgets the oldest', () => {
    let state = emptyChat();
    for (let n = 0; n <= LINES_KEPT_MAX; n += 1) state = addMessage(state, message(`m${n}`));
    expect(state.lines).toHaveLength(LINES_KEPT_MAX);
    expect(state.lines[0]?.key).toBe('m1');
  });
});
