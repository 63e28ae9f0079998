// The bodies of `/v1` this app reads, in the words of the contract.

export type Role = 'host' | 'owner' | 'cohost' | 'guest' | 'viewer';
export type Presence = 'held' | 'on_stage' | 'reconnecting' | 'watching';
export type Mode = 'voice' | 'camera' | 'studio';
export type MediaKind = 'audio' | 'video';
export type Layout = 'grid' | 'speaker';

export interface Account {
  id: string;
  handle: string;
  display_name: string;
  avatar_url?: string | null;
  plan?: string;
  is_operator?: boolean;
  role?: string;
  status?: string;
  created_at?: string;
}

export interface Tokens {
  access_token: string;
  refresh_token?: string | null;
  expires_at: string;
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
  joined_at: string;
  is_moderator?: boolean;
  held_until?: string | null;
  expires_at?: string | null;
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
}

export interface Owner {
  id?: string;
  user_id?: string;
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
  started_at: string;
  ended_at?: string | null;
  host_lost_at?: string | null;
  grace_ends_at?: string | null;
  locked?: boolean;
  layout?: string;
  settings: SessionSettings;
}

export interface StageRequest {
  id: string;
  user_id: string;
  message?: string | null;
  state: string;
  position?: number | null;
  created_at: string;
  handle?: string;
  display_name?: string;
  avatar_url?: string | null;
}

export interface Invitation {
  id: string;
  user_id: string;
  state: string;
  expires_at: string;
  session_id?: string;
}

export interface Message {
  id: string;
  user_id: string;
  handle: string;
  display_name?: string;
  text: string;
  created_at: string;
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
  id: string | number;
  at?: string;
  created_at?: string;
  actor_id?: string | null;
  actor?: string | null;
  action?: string;
  name?: string;
  target_id?: string | null;
  session_id?: string | null;
  reason?: string | null;
  [more: string]: unknown;
}

export type ReactionKind = 'heart' | 'fire' | 'clap' | 'wow' | 'sad' | 'thumbs_up';
