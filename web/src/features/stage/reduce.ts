// Live truth: each event of a show applied to the state, a mirror of the server's own `apply`.
import type { Invitation, MediaKind, Participant, Session, StageRequest, Summary } from '@/shared/api';
import { toMs } from '@/shared/format';
import type { LiveEvent } from '@/realtime';
import { isStaged, managesGuests, VIEWERS_KEPT_MAX, type ShowState } from './model';

type Data = Record<string, unknown>;
type Apply = (state: ShowState, data: Data, event: LiveEvent) => ShowState;

function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  if (!(key in record)) return record;
  const { [key]: _gone, ...rest } = record;
  return rest;
}

function withMe(state: ShowState, person: Participant): ShowState {
  if (state.me === null || person.user_id !== state.me.userId) return state;
  const role = person.role;
  return {
    ...state,
    me: {
      ...state.me,
      role,
      participant: person,
      mayManage: managesGuests(role, state.session),
      mayModerateChat: role === 'owner' || role === 'cohost' || person.is_moderator === true,
    },
  };
}

/** The whole person after a change replaces the person before it. */
export function putPerson(state: ShowState, person: Participant): ShowState {
  const staged = isStaged(person);
  return withMe(
    {
      ...state,
      people: staged ? { ...state.people, [person.user_id]: person } : without(state.people, person.user_id),
      viewers: staged ? without(state.viewers, person.user_id) : state.viewers,
    },
    person,
  );
}

const person: Apply = (state, data) => putPerson(state, data['participant'] as Participant);

/** Out of the audience: who takes a seat is no viewer any more. The next count of the server has the last word. */
const seated: Apply = (state, data) => {
  const before = state.people[(data['participant'] as Participant).user_id];
  const next = putPerson(state, data['participant'] as Participant);
  return before === undefined ? { ...next, viewerCount: Math.max(0, state.viewerCount - 1) } : next;
};

function seatLost(state: ShowState, data: Data): ShowState['seatLost'] {
  if ((data['participant'] as Participant).user_id !== state.me?.userId) return state.seatLost;
  const reason = data['reason'];
  return reason === 'demoted' || reason === 'dropped' || reason === 'expired' ? reason : null;
}

const unseated: Apply = (state, data) => {
  const { user_id: id } = data['participant'] as Participant;
  const stays = data['reason'] !== 'kicked' && data['reason'] !== 'dropped';
  // A server that tells the new viewer by name has told the number with it.
  const was = id in state.people && !(id in state.viewers);
  const next = { ...putPerson(state, data['participant'] as Participant), seatLost: seatLost(state, data) };
  return stays && was ? { ...next, viewerCount: state.viewerCount + 1 } : next;
};

const viewerCame: Apply = (state, data) => {
  const viewer = data['participant'] as Participant;
  const known = Object.keys(state.viewers).length;
  const viewers = known < VIEWERS_KEPT_MAX ? { ...state.viewers, [viewer.user_id]: viewer } : state.viewers;
  return { ...state, viewers, viewerCount: Number(data['viewer_count'] ?? state.viewerCount) };
};

const viewerWent: Apply = (state, data) => ({
  ...state,
  viewers: without(state.viewers, (data['participant'] as Participant).user_id),
  viewerCount: Number(data['viewer_count'] ?? state.viewerCount),
});

const putRequest: Apply = (state, data) => {
  const request = data['request'] as StageRequest;
  const others = state.requests.filter((item) => item.id !== request.id);
  const mine = request.user_id === state.me?.userId;
  if (request.state === 'pending') return { ...state, requests: [...others, request], answered: mine ? null : state.answered, seatLost: mine ? null : state.seatLost };
  const answered = request.state === 'declined' ? 'declined' : request.state === 'expired' ? 'expired' : null;
  return { ...state, requests: others, answered: mine ? answered : state.answered };
};

const putInvitation: Apply = (state, data) => {
  const invitation = data['invitation'] as Invitation;
  const others = state.invitations.filter((item) => item.id !== invitation.id);
  const inviter = data['inviter_name'];
  return {
    ...state,
    invitations: invitation.state === 'pending' ? [...others, invitation] : others,
    inviters: typeof inviter === 'string' ? { ...state.inviters, [invitation.id]: inviter } : state.inviters,
  };
};

const kicked: Apply = (state, data) => {
  const userId = String(data['user_id']);
  if (userId === state.me?.userId) {
    return { ...state, kicked: { reason: typeof data['reason'] === 'string' ? data['reason'] : null } };
  }
  const removed = state.removed.filter((item) => item.userId !== userId);
  return {
    ...state,
    people: without(state.people, userId),
    viewers: without(state.viewers, userId),
    requests: state.requests.filter((request) => request.user_id !== userId),
    removed: [...removed, { userId, handle: String(data['handle'] ?? '') }],
  };
};

function patchSession(state: ShowState, patch: Partial<Session>): ShowState {
  return state.session === null ? state : { ...state, session: { ...state.session, ...patch } };
}

const sessionChanged: Apply = (state, data) => {
  const next = { ...state, session: data['session'] as Session };
  return next.me === null ? next : { ...next, me: { ...next.me, mayManage: managesGuests(next.me.role, next.session) } };
};

const ended: Apply = (state, data) => ({
  ...patchSession(state, { status: 'ended' }),
  ended: { reason: String(data['reason'] ?? 'owner'), summary: (data['summary'] as Summary | undefined) ?? null },
});

const APPLY: Record<string, Apply> = {
  'session.started': sessionChanged,
  'session.updated': sessionChanged,
  'session.host_lost': (state, data) => patchSession(state, { host_grace_until: data['ends_at'] as string }),
  'session.host_back': (state) => patchSession(state, { host_grace_until: null }),
  'session.ended': ended,
  'session.viewer_joined': viewerCame,
  'session.viewer_left': viewerWent,
  'session.viewers_changed': (state, data) => ({ ...state, viewerCount: Number(data['viewer_count'] ?? state.viewerCount) }),
  'stage.requested': putRequest,
  'stage.request_closed': putRequest,
  'stage.guest_approved': (state, data, event) => seated(putRequest(state, data, event), data, event),
  'stage.invited': putInvitation,
  'stage.invitation_closed': putInvitation,
  'stage.guest_joined': seated,
  'stage.went_on_stage': person,
  'stage.reconnecting': person,
  'stage.came_back': person,
  'stage.guest_left': unseated,
  'stage.muted': person,
  'stage.media_changed': person,
  'stage.role_changed': person,
  'stage.permissions_changed': person,
  'stage.seat_changed': person,
  'stage.unmute_asked': (state, data) =>
    data['user_id'] === state.me?.userId
      ? { ...state, ask: { media: data['media'] as MediaKind, by: String(data['by']) } }
      : state,
  'stage.kicked': kicked,
  'stage.allowed_back': (state, data) => ({
    ...state,
    removed: state.removed.filter((item) => item.userId !== data['user_id']),
  }),
  'stage.quality': (state, data) => ({
    ...state,
    quality: { ...state.quality, [String(data['user_id'])]: Number(data['score']) },
  }),
  'moderation.timed_out': (state, data) =>
    data['user_id'] === state.me?.userId ? { ...state, timedOutUntil: toMs(data['until'] as number | string) } : state,
};

/** Events this app has no word for yet change nothing. */
export function reduce(state: ShowState, event: LiveEvent): ShowState {
  const apply = APPLY[event.name];
  return apply === undefined ? state : apply(state, event.data, event);
}
