// Parts the watch page and the studio share: chat with its rules, layout choice, the facts of the show.
import { useRef, useState } from 'react';
import { useAccount } from '@/features/accounts';
import { Chat, ReactionLane, Reactions, SignInToChat } from '@/features/chat';
import type { Layout } from '@/shared/api';
import { clock, count, toMs } from '@/shared/format';
import { useNow } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Eye } from '@/shared/ui/icons';
import { useActions } from './actions';
import { useShow, useShowState } from './context';
import { copyAddress } from './Invite';

/** The layout a host gave the show, unless this person chose their own. */
export function useLayout(): [Layout, (layout: Layout) => void] {
  const given = useShowState((state) => state.show.session?.settings.layout);
  const [own, setOwn] = useState<Layout | null>(null);
  return [own ?? (given === 'spotlight' ? 'spotlight' : 'grid'), setOwn];
}

export function ShowChat({ withReactions = true }: { withReactions?: boolean }) {
  const t = useT();
  const actions = useActions();
  const account = useAccount();
  const lines = useShowState((state) => state.chat.lines);
  const me = useShowState((state) => state.show.me);
  const session = useShowState((state) => state.show.session);
  const people = useShowState((state) => state.show.people);
  const timedOut = useShowState((state) => state.show.timedOutUntil);
  const now = useNow(1000, timedOut !== null && timedOut > Date.now());
  const wait = timedOut === null ? 0 : Math.ceil((timedOut - now) / 1000);
  const closed =
    account === null ? <SignInToChat /> : session?.settings.enable_chat === false ? t('chat.off') : wait > 0 ? t('chat.timed_out', { time: clock(wait) }) : null;
  const roleOf = (userId: string | null) => {
    if (userId === null) return null;
    if (userId === session?.owner.user_id) return 'owner';
    const person = people[userId];
    if (person?.role === 'cohost') return 'cohost';
    return person?.is_moderator === true ? 'moderator' : null;
  };
  return (
    <Chat
      lines={lines}
      closed={closed}
      placeholder={me?.role === 'owner' ? t('chat.say_as_host') : t('chat.say')}
      slowModeS={session?.settings.slow_mode_s ?? 0}
      roleOf={roleOf}
      mayModerate={me?.mayModerateChat === true}
      me={me?.userId ?? null}
      send={actions.say}
      remove={(id) => void actions.deleteMessage(id)}
      timeout={(userId, name) => void actions.timeout(userId, name)}
      extra={withReactions && account !== null && closed === null ? <Reactions tapped={actions.reacted} send={(kind, taps) => void actions.react(kind, taps)} /> : undefined}
    />
  );
}

export function Hearts() {
  const chat = useShowState((state) => state.chat);
  return <ReactionLane chat={chat} />;
}

export function Watching({ plain = false }: { plain?: boolean }) {
  const t = useT();
  const viewers = useShowState((state) => state.show.viewerCount);
  const peak = useShowState((state) => state.show.session?.peak_viewers ?? 0);
  const most = useRef(0);
  most.current = Math.max(most.current, peak, viewers);
  const words = t('home.watching', { count: viewers });
  return (
    <span className={plain ? 'watching' : 'vchip'} title={words} data-testid="viewer-count">
      <Eye aria-hidden="true" />
      <span className="sr">{words}</span>
      <span aria-hidden="true">{count(viewers)}</span>
      {plain && (
        <span className="sub studio-peak" aria-hidden="true">
          {t('studio.peak', { peak: most.current })}
        </span>
      )}
    </span>
  );
}

export function LiveClock() {
  const started = useShowState((state) => toMs(state.show.session?.started_at));
  const now = useNow(1000);
  return <time className="num">{started === null ? '' : clock((now - started) / 1000)}</time>;
}

export function useShare(): () => void {
  const t = useT();
  const { id } = useShow();
  return () => void copyAddress(id, t('invite.copied'), t('invite.copy_failed'));
}
