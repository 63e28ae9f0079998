// What a page knows about one show: the mirror of the server's state for this person.
import type { Receiving } from '@/media';
import type { Invitation, JoinReply, MediaKind, Mode, Participant, Role, Session, Snapshot, StageRequest, Summary } from '@/shared/api';

export interface Me {
  userId: string;
  role: Role;
  participant: Participant | null;
  mayManage: boolean;
  mayModerateChat: boolean;
}

export interface Ask {
  media: MediaKind;
  by: string;
}

export interface Removed {
  userId: string;
  handle: string;
}

export interface ShowState {
  session: Session | null;
  /** Everybody with a seat, by id. */
  people: Record<string, Participant>;
  /** Viewers this page has heard of; the count is the truth, this is not a full list. */
  viewers: Record<string, Participant>;
  viewerCount: number;
  me: Me | null;
  requests: StageRequest[];
  invitations: Invitation[];
  /** Inviter's shown name by invitation. */
  inviters: Record<string, string>;
  /** Somebody asks me to unmute. */
  ask: Ask | null;
  /** How my last request ended, until I act. */
  answered: 'declined' | 'expired' | null;
  /** Why I lost my seat, until I act. */
  seatLost: 'demoted' | 'dropped' | 'expired' | null;
  /** People removed while this page was open: they can be allowed back. */
  removed: Removed[];
  timedOutUntil: number | null;
  quality: Record<string, number>;
  ended: { reason: string; summary: Summary | null } | null;
  kicked: { reason: string | null } | null;
}

/** Viewers a page remembers by name; beyond that the number is enough. */
export const VIEWERS_KEPT_MAX = 200;

export function emptyShow(): ShowState {
  return {
    session: null,
    people: {},
    viewers: {},
    viewerCount: 0,
    me: null,
    requests: [],
    invitations: [],
    inviters: {},
    ask: null,
    answered: null,
    seatLost: null,
    removed: [],
    timedOutUntil: null,
    quality: {},
    ended: null,
    kicked: null,
  };
}

export function isStaged(person: Participant | null | undefined): boolean {
  return person !== null && person !== undefined && person.presence !== 'watching' && person.role !== 'viewer';
}

/** Whether the person's voice is passed on, with or without a track. */
export function hears(person: Participant): boolean {
  return person.may_speak && !person.host_muted_audio && !person.self_muted_audio;
}

export function sees(person: Participant): boolean {
  return person.may_show && !person.host_muted_video && !person.self_muted_video;
}

/** They show themselves, and this viewer asks for no pictures. */
export function isUnseen(person: Participant, receiving: Receiving, mode: Mode, me: boolean): boolean {
  return receiving === 'sound' && !me && mode !== 'voice' && (sees(person) || person.screen_sharing);
}

export function managesGuests(role: Role, session: Session | null): boolean {
  return role === 'owner' || (role === 'cohost' && session?.settings.cohosts_manage_guests !== false);
}

/** The owner first, then by seat, then by who came first. */
export function stagedInOrder(people: Record<string, Participant>): Participant[] {
  const rank = (person: Participant) => (person.role === 'owner' ? -1 : (person.seat ?? 99));
  return Object.values(people)
    .filter(isStaged)
    .sort((a, b) => rank(a) - rank(b) || String(a.joined_at).localeCompare(String(b.joined_at)) || a.user_id.localeCompare(b.user_id));
}

export function openSeats(session: Session, people: Record<string, Participant>): number {
  const guests = stagedInOrder(people).filter((person) => person.role !== 'owner').length;
  return Math.max(0, session.effective_max_guests - guests);
}

/** How the server begins the sentence; a host's reason may follow it. */
const BLOCKED_SENTENCE = /^You were removed from this (?:session|show)[.:;,\s–—-]*(?:Reason: *)?/;

/** Why somebody was removed, where the refusal says it; the general sentence is no reason. */
export function blockedReason(problem: { detail?: string | null | undefined } | null): string | null {
  const reason = (problem?.detail ?? '').replace(BLOCKED_SENTENCE, '').trim();
  return reason === '' ? null : reason;
}

/** The state right after joining, before the first snapshot arrives. */
export function joined(reply: JoinReply, userId: string): ShowState {
  const me = reply.participant;
  return {
    ...emptyShow(),
    session: reply.session,
    viewerCount: reply.session.viewer_count,
    people: me !== null && isStaged(me) ? { [me.user_id]: me } : {},
    me: {
      userId: me?.user_id ?? userId,
      role: reply.role,
      participant: me,
      mayManage: managesGuests(reply.role, reply.session),
      mayModerateChat: reply.role === 'owner' || reply.role === 'cohost' || me?.is_moderator === true,
    },
  };
}

/** A snapshot replaces everything but what only this page knows. */
export function fromSnapshot(old: ShowState, snapshot: Snapshot): ShowState {
  const people = Object.fromEntries(snapshot.participants.filter(isStaged).map((person) => [person.user_id, person]));
  const mine = snapshot.me.participant ?? people[snapshot.me.user_id] ?? null;
  return {
    ...emptyShow(),
    removed: old.removed,
    inviters: old.inviters,
    timedOutUntil: old.timedOutUntil,
    viewers: old.viewers,
    session: snapshot.session,
    people,
    viewerCount: snapshot.viewer_count,
    requests: snapshot.requests.filter((request) => request.state === 'pending'),
    invitations: (snapshot.invitations ?? []).filter((invitation) => invitation.state === 'pending'),
    me: {
      userId: snapshot.me.user_id,
      role: snapshot.me.role,
      participant: mine,
      mayManage: snapshot.me.may_manage,
      mayModerateChat: snapshot.me.may_moderate_chat ?? snapshot.me.may_manage,
    },
    ended: snapshot.session.status === 'ended' ? { reason: 'owner', summary: null } : null,
  };
}
