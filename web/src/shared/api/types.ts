// The bodies of `/v1` this app reads, in the words of the contract.

export type Role = 'owner' | 'cohost' | 'guest' | 'viewer';
export type Presence = 'held' | 'on_stage' | 'reconnecting' | 'watching';
export type Mode = 'voice' | 'camera' | 'studio';
export type MediaKind = 'audio' | 'video';
/** What this app draws; other words of the server are drawn as a grid. */
export type Layout = 'grid' | 'spotlight';

/** RFC 3339 text; Unix milliseconds are read too. */
export type Time = string | number;

export interface Account {
  id: string;
  handle: string;
  display_name: string;
  avatar_url?: string | null;
  plan?: string;
  operator?: boolean;
  banned?: boolean;
  created_at?: Time;
}

export interface Tokens {
  access_token: string;
  refresh_token?: string | null;
  expires_at: Time;
  account?: Account;
}

export interface Participant {
  user_id: string;
  handle: string;
  display_name: string;
  avatar_url?: string | null;
  role: Role;
  seat: number | null;
  presence: Presence;
  may_speak: boolean;
  may_show: boolean;
  may_share: boolean;
  host_muted_audio: boolean;
  host_muted_video: boolean;
  self_muted_audio: boolean;
  self_muted_video: boolean;
  hand_raised: boolean;
  joined_at: Time;
  is_moderator?: boolean;
  screen_sharing?: boolean;
  /** When a held or dropped seat is given away. */
  seat_until?: Time | null;
}

export interface SessionSettings {
  max_guests?: number | null;
  require_approval?: boolean;
  allow_requests?: boolean;
  enable_chat?: boolean;
  slow_mode_s?: number;
  guest_audio_default?: boolean;
  guest_video_default?: boolean;
  max_participants?: number | null;
  cohosts_manage_guests?: boolean;
  locked?: boolean;
  layout?: string;
}

export interface Owner {
  user_id: string;
  handle: string;
  display_name: string;
  avatar_url?: string | null;
}

export interface Session {
  id: string;
  title: string;
  description?: string | null;
  status: string;
  mode: Mode;
  visibility?: string;
  owner: Owner;
  effective_max_guests: number;
  viewer_count: number;
  guest_count: number;
  peak_viewers?: number;
  started_at: Time;
  ended_at?: Time | null;
  /** Set while the host is lost: the show ends then. */
  host_grace_until?: Time | null;
  settings: SessionSettings;
}

export interface StageRequest {
  id: string;
  user_id: string;
  message?: string | null;
  state: string;
  requested_role?: 'guest' | 'cohost' | 'speak';
  position?: number | null;
  created_at: Time;
  handle?: string;
  display_name?: string;
  avatar_url?: string | null;
}

export interface Invitation {
  id: string;
  user_id: string;
  state: string;
  expires_at: Time;
  session_id?: string;
  invited_by?: string;
}

export interface Message {
  id: string;
  user_id: string | null;
  handle: string | null;
  display_name?: string | null;
  text: string;
  kind?: 'text' | 'sticker' | 'system' | 'gift';
  created_at: Time;
}

/** The first frame of a subscription. */
export interface Snapshot {
  session: Session;
  participants: Participant[];
  me: {
    user_id: string;
    role: Role;
    participant: Participant | null;
    may_manage: boolean;
    may_moderate_chat?: boolean;
  };
  requests: StageRequest[];
  invitations?: Invitation[];
  messages: Message[];
  viewer_count: number;
}

export interface MediaAccess {
  url: string;
  token: string;
}

export interface JoinReply {
  session: Session;
  role: Role;
  participant: Participant | null;
  media: MediaAccess | null;
  media_reason?: string | null;
  seq: number;
}

export interface Summary {
  duration_s: number;
  peak_viewers: number;
  guests: number;
  messages: number;
  reactions: number;
}

export interface EndReply {
  session: Session;
  summary: Summary;
}

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number;
}

export interface AuditEntry {
  id: string;
  at: Time;
  actor_id: string | null;
  action: string;
  session_id: string | null;
  target_id: string | null;
  reason: string | null;
}

export type ReactionKind = 'heart' | 'fire' | 'clap' | 'wow' | 'sad' | 'thumbs_up';
