// The calls of a show, in the words of the contract.
import {
  http,
  type AnsweredRequest,
  type EndReply,
  type Invitation,
  type InvitationWithSeat,
  type JoinReply,
  type Layout,
  type MediaKind,
  type Message,
  type Page,
  type Participant,
  type ReactionKind,
  type Session,
  type StageRequest,
} from '@/shared/api';

const at = (id: string) => `/v1/sessions/${encodeURIComponent(id)}`;
const person = (id: string, userId: string) => `${at(id)}/people/${encodeURIComponent(userId)}`;

interface PersonReply {
  participant: Participant;
}

export const showApi = {
  join: (id: string) => http.post<JoinReply>(`${at(id)}/join`),
  get: (id: string) => http.get<Session>(at(id), { auth: 'optional' }),
  end: (id: string) => http.post<EndReply>(`${at(id)}/end`),
  people: (id: string) => http.get<Page<Participant>>(`${at(id)}/people?limit=200`),

  request: (id: string, message: string, key: string) =>
    http.post<StageRequest>(`${at(id)}/requests`, message === '' ? {} : { message }, { idempotencyKey: key }),
  cancelRequest: (id: string, requestId: string) => http.del<void>(`${at(id)}/requests/${requestId}`),
  answerRequest: (id: string, requestId: string, answer: 'accept' | 'decline') =>
    http.post<AnsweredRequest>(`${at(id)}/requests/${requestId}/${answer}`),

  invite: (id: string, userId: string) => http.post<Invitation>(`${at(id)}/invitations`, { user_id: userId }),
  answerInvitation: (invitationId: string, answer: 'accept' | 'decline') =>
    http.post<InvitationWithSeat>(`/v1/invitations/${invitationId}/${answer}`),

  goOnStage: (id: string) => http.post<PersonReply>(`${at(id)}/people/me/go_on_stage`),
  stepDown: (id: string) => http.post<PersonReply>(`${at(id)}/people/me/step_down`),
  media: (id: string, media: { audio_enabled?: boolean; video_enabled?: boolean }) =>
    http.post<PersonReply>(`${at(id)}/people/me/media`, media),

  mute: (id: string, userId: string, media: MediaKind, muted: boolean) =>
    http.post<PersonReply>(`${person(id, userId)}/mute`, { media, muted }),
  askUnmute: (id: string, userId: string, media: MediaKind) => http.post<unknown>(`${person(id, userId)}/ask_unmute`, { media }),
  kick: (id: string, userId: string) => http.post<unknown>(`${person(id, userId)}/kick`),
  allowBack: (id: string, userId: string) => http.post<unknown>(`${person(id, userId)}/allow_back`),
  role: (id: string, userId: string, role: 'cohost' | 'guest' | 'viewer') =>
    http.post<PersonReply>(`${person(id, userId)}/role`, { role }),
  timeout: (id: string, userId: string, seconds: number) => http.post<unknown>(`${person(id, userId)}/timeout`, { duration_s: seconds }),
  muteAll: (id: string) => http.post<unknown>(`${at(id)}/mute_all`, { media: 'audio' }),
  lock: (id: string, locked: boolean) => http.post<{ session: Session }>(`${at(id)}/lock`, { locked }),
  layout: (id: string, layout: Layout) => http.post<{ session: Session }>(`${at(id)}/layout`, { layout }),

  say: (id: string, text: string, key: string) => http.post<Message>(`${at(id)}/messages`, { text }, { idempotencyKey: key }),
  deleteMessage: (id: string, messageId: string) => http.del<void>(`${at(id)}/messages/${messageId}`),
  react: (id: string, kind: ReactionKind, count: number) => http.post<void>(`${at(id)}/reactions`, { kind, count }),
};
