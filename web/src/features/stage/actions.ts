// What a person may do in a show; every failure is said in words, nothing is left hanging.
import { useMemo } from 'react';
import { ProblemError, type Layout, type MediaKind, type ReactionKind } from '@/shared/api';
import { t } from '@/shared/i18n';
import { problemWords } from '@/shared/i18n/problem';
import { toast } from '@/shared/ui/toast';
import { showApi } from './api';
import { useShow } from './context';
import type { Show } from './show';

function say(problem: unknown): false {
  toast(problemWords(problem, t), { tone: 'bad' });
  return false;
}

/** True when it went well. */
async function attempt(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (problem) {
    return say(problem);
  }
}

/** Crypto's UUID exists on secure origins only; a key needs to be new, not secret. */
function newKey(): string {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

function makeActions(show: Show) {
  const id = show.id;
  const allowBack = (userId: string, name: string) =>
    attempt(async () => {
      await showApi.allowBack(id, userId);
      show.update((state) => ({ ...state, removed: state.removed.filter((item) => item.userId !== userId) }));
      toast(t('people.allowed_back', { name }), { tone: 'ok' });
    });
  return {
    allowBack,
    request: (message: string) =>
      attempt(async () => {
        const request = await showApi.request(id, message, newKey());
        show.update((state) => ({
          ...state,
          answered: null,
          requests:
            request.state === 'pending' ? [...state.requests.filter((item) => item.id !== request.id), request] : state.requests,
        }));
      }),
    cancelRequest: (requestId: string) =>
      attempt(async () => {
        await showApi.cancelRequest(id, requestId);
        show.update((state) => ({ ...state, requests: state.requests.filter((item) => item.id !== requestId) }));
      }),
    answer: (requestId: string, answer: 'accept' | 'decline') =>
      attempt(async () => {
        await show.changing(showApi.answerRequest(id, requestId, answer));
        show.update((state) => ({ ...state, requests: state.requests.filter((item) => item.id !== requestId) }));
      }),
    invite: (userId: string) =>
      attempt(async () => {
        const invitation = await showApi.invite(id, userId);
        show.update((state) => ({
          ...state,
          invitations: [...state.invitations.filter((item) => item.id !== invitation.id), invitation],
        }));
      }),
    answerInvitation: (invitationId: string, answer: 'accept' | 'decline') =>
      attempt(async () => {
        await show.changing(showApi.answerInvitation(invitationId, answer));
        show.update((state) => ({ ...state, invitations: state.invitations.filter((item) => item.id !== invitationId) }));
      }),
    stepDown: () => attempt(() => show.changing(showApi.stepDown(id))),
    setMedia: (kind: MediaKind, on: boolean) => show.setMedia(kind, on),
    mute: (userId: string, media: MediaKind, muted: boolean) => attempt(() => show.changing(showApi.mute(id, userId, media, muted))),
    askUnmute: (userId: string, media: MediaKind, name: string) =>
      attempt(async () => {
        await showApi.askUnmute(id, userId, media);
        toast(t('people.asked', { name }));
      }),
    kick: (userId: string, name: string, handle: string) =>
      attempt(async () => {
        await showApi.kick(id, userId);
        show.update((state) => {
          const { [userId]: _gone, ...people } = state.people;
          const removed = [...state.removed.filter((item) => item.userId !== userId), { userId, handle }];
          return { ...state, people, removed };
        });
        toast(t('people.removed', { name }), {
          detail: t('people.removed_detail'),
          action: { label: t('people.allow_back'), run: () => void allowBack(userId, name) },
        });
      }),
    role: (userId: string, role: 'cohost' | 'guest' | 'viewer') => attempt(() => show.changing(showApi.role(id, userId, role))),
    muteAll: () => attempt(() => showApi.muteAll(id)),
    lock: (locked: boolean) =>
      attempt(async () => {
        const reply = await showApi.lock(id, locked);
        if (reply?.session) show.session(reply.session);
      }),
    layout: (layout: Layout) =>
      attempt(async () => {
        const reply = await showApi.layout(id, layout);
        if (reply?.session) show.session(reply.session);
      }),
    end: () => attempt(() => showApi.end(id)),
    timeout: (userId: string, name: string) =>
      attempt(async () => {
        await showApi.timeout(id, userId, 300);
        toast(t('chat.timed_out_done', { name }));
      }),
    /** Null when it was sent, else why not, for the composer to show. */
    say: async (text: string): Promise<string | null> => {
      try {
        show.message(await showApi.say(id, text, newKey()));
        return null;
      } catch (problem) {
        return problemWords(problem, t);
      }
    },
    deleteMessage: (messageId: string) =>
      attempt(async () => {
        await showApi.deleteMessage(id, messageId);
        show.messageGone(messageId);
      }),
    reacted: (kind: ReactionKind) => show.reacted(kind),
    /** Too many hearts are no reason for a message. */
    react: (kind: ReactionKind, count: number) =>
      showApi.react(id, kind, count).catch((problem: unknown) => {
        if (!(problem instanceof ProblemError && problem.status === 429)) say(problem);
      }),
  };
}

export type Actions = ReturnType<typeof makeActions>;

export function useActions(): Actions {
  const show = useShow();
  return useMemo(() => makeActions(show), [show]);
}
