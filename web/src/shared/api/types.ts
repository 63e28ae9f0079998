// The bodies of `/v1` this app reads, by short names; their shapes are generated from the contract.
import type { components } from '@/generated/api';

type Bodies = components['schemas'];

/** RFC 3339 text; Unix milliseconds are read too. */
export type Time = string | number;

export type Account = Bodies['AccountBody'];
export type Tokens = Bodies['TokensBody'];
export type Role = Bodies['Role'];
export type Presence = Bodies['Presence'];
export type Mode = Bodies['Mode'];
export type MediaKind = Bodies['Media'];
export type ReactionKind = Bodies['Reaction'];
export type Participant = Bodies['ParticipantBody'];
export type Session = Bodies['SessionBody'];
export type StageRequest = Bodies['RequestBody'];
export type AnsweredRequest = Bodies['AnsweredRequest'];
export type Invitation = Bodies['InvitationBody'];
export type InvitationWithSeat = Bodies['InvitationWithSeat'];
export type Message = Bodies['MessageBody'];
export type JoinReply = Bodies['JoinBody'];
export type EndReply = Bodies['EndedBody'];
export type Summary = Bodies['SummaryBody'];
export type Analytics = Bodies['AnalyticsBody'];
export type AuditEntry = Bodies['AuditEntryBody'];
export type NewSession = Bodies['CreateSession'];
export type NewAccount = Bodies['NewAccount'];

/** What this app draws; other words of the server are drawn as a grid. */
export type Layout = Extract<Bodies['Layout'], 'grid' | 'spotlight'>;

/** The first frame of a subscription. */
export interface Snapshot {
  session: Session;
  participants: Participant[];
  me: {
    user_id: string;
    role: Role;
    participant: Participant | null;
    may_manage: boolean;
    may_moderate_chat: boolean;
  };
  requests: StageRequest[];
  invitations: Invitation[];
  messages: Message[];
  viewer_count: number;
}

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number | null;
}
