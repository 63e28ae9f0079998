// Lists of shows, and starting one.
import { http, type Analytics, type NewSession, type Page, type Participant, type Session } from '@/shared/api';

export const sessionsApi = {
  live: () => http.get<Page<Session>>('/v1/sessions?limit=48', { auth: 'optional' }),
  create: (session: NewSession, key: string) => http.post<Session>('/v1/sessions', session, { idempotencyKey: key }),
  get: (id: string) => http.get<Session>(`/v1/sessions/${encodeURIComponent(id)}`, { auth: 'optional' }),
  analytics: (id: string) => http.get<Analytics>(`/v1/sessions/${encodeURIComponent(id)}/analytics`),
  staged: (id: string) => http.get<Page<Participant>>(`/v1/sessions/${encodeURIComponent(id)}/people?limit=12`, { auth: 'optional' }),
};
