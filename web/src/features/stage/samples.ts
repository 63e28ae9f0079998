// Small true-to-contract bodies for the tests of this feature.
import type { JoinReply, Participant, Session, Snapshot } from '@/shared/api';
import type { LiveEvent } from '@/realtime';

export const OWNER = '01900000-0000-7000-8000-000000000100';
export const GUEST = '01900000-0000-7000-8000-000000000101';
export const ME = '01900000-0000-7000-8000-000000000102';

export function person(id: string, more: Partial<Participant> = {}): Participant {
  return {
    user_id: id,
    handle: `p_${id.slice(-3)}`,
    display_name: `Person ${id.slice(-3)}`,
    avatar_url: null,
    role: id === OWNER ? 'owner' : 'guest',
    seat: id === OWNER ? 0 : Number(id.slice(-2)),
    presence: 'on_stage',
    may_speak: true,
    may_show: true,
    may_share: true,
    is_moderator: false,
    screen_sharing: false,
    seat_until: null,
    host_muted_audio: false,
    host_muted_video: false,
    self_muted_audio: false,
    self_muted_video: false,
    hand_raised: false,
    joined_at: '2026-11-21T08:00:00.000Z',
    ...more,
  };
}

export function watcher(id: string): Participant {
  return person(id, { role: 'viewer', presence: 'watching', seat: null });
}

export const session: Session = {
  id: '01900000-0000-7000-8000-000000000001',
  title: 'Friday night',
  description: '',
  visibility: 'public',
  peak_viewers: 5,
  status: 'live',
  mode: 'camera',
  owner: { user_id: OWNER, handle: 'ada_0', display_name: 'Ada' },
  effective_max_guests: 3,
  viewer_count: 5,
  guest_count: 0,
  started_at: '2026-11-21T08:00:00.000Z',
  settings: {
    max_guests: null,
    require_approval: true,
    allow_requests: true,
    enable_chat: true,
    slow_mode_s: 0,
    guest_audio_default: true,
    guest_video_default: true,
    max_participants: null,
    cohosts_manage_guests: true,
    locked: false,
    layout: 'grid',
  },
};

export const joinReply: JoinReply = { session, role: 'viewer', participant: watcher(ME), media: null, seq: 5 };

export const snapshot: Snapshot = {
  session,
  participants: [person(OWNER)],
  me: { user_id: ME, role: 'viewer', participant: null, may_manage: false, may_moderate_chat: false },
  requests: [],
  invitations: [],
  messages: [],
  viewer_count: 5,
};

export function event(name: string, data: Record<string, unknown>, seq = 6): LiveEvent {
  return { seq, prev: seq - 1, name, at: '2026-11-21T08:00:00.000Z', data };
}
