// How a show went, as the server tells the host.
import type { ReactionKind, Time } from '@/shared/api';
import type { Moment } from './plot';

export interface Analytics {
  session_id: string;
  started_at: Time;
  ended_at?: Time | null;
  duration_s: number;
  viewers_peak: number;
  viewers_average: number;
  people: number;
  guests: number;
  requests: number;
  guest_participation_rate: number;
  messages: number;
  reactions: number;
  reactions_by_kind: Partial<Record<ReactionKind, number>> | Record<string, number>;
  host_sessions: number;
  host_average_duration_s: number;
  bucket_s: number;
  timeline: (Moment & { at: Time })[];
}
