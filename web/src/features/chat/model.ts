// Chat and reactions of one show, fed by the same events as the stage.
import type { Message, Participant, ReactionKind } from '@/shared/api';
import type { LiveEvent } from '@/realtime';
import { REACTION_KINDS } from '@/shared/ui/sign';

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
  burst: Burst[];
  /** My own taps, drawn at once, that the server has not told again yet. */
  untold: Partial<Record<ReactionKind, number>>;
}

export interface Burst {
  id: number;
  kind: ReactionKind;
  count: number;
}

/** Bursts kept for drawing; a page that looks away draws no backlog. */
export const BURSTS_KEPT_MAX = 12;

export function emptyChat(): ChatState {
  return { lines: [], reactions: 0, burst: [], untold: {} };
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

function draw(state: ChatState, kind: ReactionKind, count: number): ChatState {
  if (count <= 0 || !REACTION_KINDS.includes(kind)) return state;
  const id = (state.burst[state.burst.length - 1]?.id ?? 0) + 1;
  return { ...state, burst: [...state.burst, { id, kind, count }].slice(-BURSTS_KEPT_MAX) };
}

function react(state: ChatState, kind: ReactionKind, count: number): ChatState {
  return { ...draw(state, kind, count), reactions: state.reactions + count };
}

/** My own tap: drawn now; counted when the server tells it. */
export function reactMyself(state: ChatState, kind: ReactionKind): ChatState {
  return { ...draw(state, kind, 1), untold: { ...state.untold, [kind]: (state.untold[kind] ?? 0) + 1 } };
}

/** The server tells my own reaction back: what was drawn is not drawn twice. */
function reactTold(state: ChatState, kind: ReactionKind, count: number): ChatState {
  const known = Math.min(state.untold[kind] ?? 0, count);
  const next = { ...state, untold: { ...state.untold, [kind]: (state.untold[kind] ?? 0) - known } };
  return { ...draw(next, kind, count - known), reactions: state.reactions + count };
}

function wentUp(state: ChatState, event: LiveEvent): ChatState {
  const person = event.data['participant'] as Participant;
  if (person.presence !== 'on_stage') return state;
  const key = `stage-${event.seq}`;
  if (state.lines.some((line) => line.key === key)) return state;
  return { ...state, lines: keep([...state.lines, { kind: 'stage', key, userId: person.user_id, name: person.display_name }]) };
}

export function reduceChat(state: ChatState, event: LiveEvent, me: string | null = null): ChatState {
  switch (event.name) {
    case 'chat.sent':
      return addMessage(state, event.data['message'] as Message);
    case 'chat.deleted':
      return removeMessage(state, String(event.data['message_id']));
    case 'chat.reacted':
      return (me !== null && event.data['user_id'] === me ? reactTold : react)(state, event.data['kind'] as ReactionKind, Number(event.data['count'] ?? 1));
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
