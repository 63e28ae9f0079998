// Lists of shows, and starting one.
import { http, type Mode, type Page, type Participant, type Session } from '@/shared/api';

export interface NewSession {
  title: string;
  description?: string;
  mode: Mode;
  visibility: 'public' | 'unlisted';
  settings: {
    require_approval: boolean;
    allow_requests: boolean;
    slow_mode_s: number;
    max_guests?: number;
  };
}

export const sessionsApi = {
  live: () => http.get<Page<Session>>('/v1/sessions?limit=48', { auth: 'optional' }),
  create: (session: NewSession, key: string) => http.post<Session>('/v1/sessions', session, { idempotencyKey: key }),
  get: (id: string) => http.get<Session>(`/v1/sessions/${encodeURIComponent(id)}`, { auth: 'optional' }),
  staged: (id: string) => http.get<Page<Participant>>(`/v1/sessions/${encodeURIComponent(id)}/people?limit=12`, { auth: 'optional' }),
};
