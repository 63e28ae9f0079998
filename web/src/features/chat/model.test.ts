// Would catch: messages shown twice, deleted ones that stay, a list that grows without end.
import { describe, expect, it } from 'vitest';
import type { Message } from '@/shared/api';
import { addMessage, BURSTS_KEPT_MAX, emptyChat, LINES_KEPT_MAX, reactMyself, reduceChat } from './model';

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
    expect(many.burst.map(({ kind, count }) => [kind, count])).toEqual([['fire', 3], ['heart', 40], ['clap', 2]]);
  });

  it('draws my own tap at once, and not again when the server tells it', () => {
    const tapped = reactMyself(reactMyself(emptyChat(), 'heart'), 'heart');
    expect([tapped.burst.length, tapped.reactions]).toEqual([2, 0]);
    const told = reduceChat(tapped, event('chat.reacted', { user_id: 'me', handle: 'h', kind: 'heart', count: 2 }), 'me');
    expect([told.burst.length, told.reactions]).toEqual([2, 2]);
    const elsewhere = reduceChat(told, event('chat.reacted', { user_id: 'me', handle: 'h', kind: 'heart', count: 1 }), 'me');
    expect(elsewhere.burst).toHaveLength(3);
    const other = reduceChat(tapped, event('chat.reacted', { user_id: 'u', handle: 'h', kind: 'heart', count: 1 }), 'me');
    expect(other.burst).toHaveLength(3);
  });

  it('draws nothing for a word it does not know, but counts it', () => {
    const state = reduceChat(emptyChat(), event('chat.reactions', { counts: { rainbow: 5 } }));
    expect([state.burst, state.reactions]).toEqual([[], 5]);
  });

  it('reaches_bursts_kept_max', () => {
    let state = emptyChat();
    for (let n = 0; n <= BURSTS_KEPT_MAX; n += 1) state = reactMyself(state, 'wow');
    expect(state.burst).toHaveLength(BURSTS_KEPT_MAX);
    expect(state.burst[0]?.id).toBe(2);
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
