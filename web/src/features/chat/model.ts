// Chat and reactions of one show, fed by the same events as the stage.
import type { Message, Participant, ReactionKind } from '@/shared/api';
import type { LiveEvent } from '@/realtime';

/** Lines a page keeps; older ones are a request away, and nobody reads back further while live. */
export const LINES_KEPT_MAX = 500;

export type Line =
  | { kind: 'message'; key: string; message: Message }
  | { kind: 'stage'; key: string; userId: string; name: string };

export interface ChatState {
  lines: Line[];
  /** Reactions seen since this page opened. */
  reactions: number;
  /** The last few, for drawing; each has a number of its own. */
  last: { id: number; kind: ReactionKind; count: number } | null;
}

export function emptyChat(): ChatState {
  return { lines: [], reactions: 0, last: null };
}

function keep(lines: Line[]): Line[] {
  return lines.length > LINES_KEPT_MAX ? lines.slice(lines.length - LINES_KEPT_MAX) : lines;
}

function lineOf(message: Message): Line {
  return { kind: 'message', key: message.id, message };
}

/** Adds a message once, whether the reply or the event brings it first. */
export function addMessage(state: ChatState, message: Message): ChatState {
  if (state.lines.some((line) => line.key === message.id)) return state;
  return { ...state, lines: keep([...state.lines, lineOf(message)]) };
}

export function removeMessage(state: ChatState, id: string): ChatState {
  return { ...state, lines: state.lines.filter((line) => line.key !== id) };
}

export function chatFromSnapshot(state: ChatState, messages: Message[]): ChatState {
  return { ...state, lines: messages.map(lineOf) };
}

function react(state: ChatState, kind: ReactionKind, count: number): ChatState {
  return { ...state, reactions: state.reactions + count, last: { id: (state.last?.id ?? 0) + 1, kind, count } };
}

function wentUp(state: ChatState, event: LiveEvent): ChatState {
  const person = event.data['participant'] as Participant;
  if (person.presence !== 'on_stage') return state;
  const key = `stage-${event.seq}`;
  if (state.lines.some((line) => line.key === key)) return state;
  return { ...state, lines: keep([...state.lines, { kind: 'stage', key, userId: person.user_id, name: person.display_name }]) };
}

export function reduceChat(state: ChatState, event: LiveEvent): ChatState {
  switch (event.name) {
    case 'chat.sent':
      return addMessage(state, event.data['message'] as Message);
    case 'chat.deleted':
      return removeMessage(state, String(event.data['message_id']));
    case 'chat.reacted':
      return react(state, event.data['kind'] as ReactionKind, Number(event.data['count'] ?? 1));
    case 'chat.reactions':
      return Object.entries((event.data['counts'] ?? {}) as Record<string, number>).reduce(
        (next, [kind, count]) => react(next, kind as ReactionKind, count),
        state,
      );
    case 'stage.guest_joined':
    case 'stage.went_on_stage':
      return wentUp(state, event);
    default:
      return state;
  }
}
