// One show: joins it, and draws the studio for those who run it or the watch page for everybody else.
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useAuth } from '@/features/accounts';
import { codeOf } from '@/shared/api';
import { useTitle } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { withQueries } from '@/shared/queries';
import { navigate } from '@/shared/router';
import { Spinner } from '@/shared/ui';
import { ShowContext, useShowState } from './context';
import { AwayScreen, EndedScreen, KickedScreen, RefusedScreen } from './Endings';
import { blockedReason } from './model';
import { Show } from './show';
import { WatchLayout } from './WatchLayout';
import './stage.css';

const StudioLayout = lazy(() => import('./StudioLayout').then((module) => ({ default: module.StudioLayout })));

function Loading() {
  const t = useT();
  return (
    <main id="main" className="center" tabIndex={-1} aria-busy="true">
      <Spinner />
      <span className="sub">{t('stage.joining')}</span>
    </main>
  );
}

/** Without events for this long the page is shown as far as it is known, with a word about the connection. */
const WAIT_FOR_EVENTS_MS = 2_500;

/** True once who is on stage is known, or waiting for it has taken too long. */
function useShowable(joined: boolean): boolean {
  const synced = useShowState((state) => state.synced);
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (synced || !joined) return;
    const timer = setTimeout(() => setLate(true), WAIT_FOR_EVENTS_MS);
    return () => clearTimeout(timer);
  }, [synced, joined]);
  return synced || late;
}

function Screen({ show }: { show: Show }) {
  const { phase, problem } = useStore(show.store);
  const showable = useShowable(phase === 'live');
  const session = useShowState((state) => state.show.session);
  const kicked = useShowState((state) => state.show.kicked);
  const ended = useShowState((state) => state.show.ended);
  const me = useShowState((state) => state.show.me);
  const cache = useQueryClient();
  useTitle(session?.title ?? '');
  const owner = me?.role === 'owner';
  useEffect(() => {
    if (ended === null) return;
    if (ended.summary !== null) cache.setQueryData(['summary', show.id], ended.summary);
    if (owner) navigate(`/s/${show.id}/summary`, { replace: true });
  }, [ended, owner, cache, show.id]);

  const refusal = phase === 'refused' ? codeOf(problem) : null;
  if (kicked !== null || refusal === 'moderation/blocked') {
    return (
      <main id="main" tabIndex={-1}>
        <KickedScreen reason={kicked?.reason ?? blockedReason(problem as { detail?: string })} title={session?.title ?? null} />
      </main>
    );
  }
  if (ended !== null || refusal === 'sessions/ended') {
    return (
      <main id="main" tabIndex={-1}>
        <EndedScreen id={show.id} name={session?.owner.display_name ?? null} reason={ended?.reason ?? 'over'} summary={ended?.summary ?? null} />
      </main>
    );
  }
  if (phase === 'refused') {
    return (
      <main id="main" tabIndex={-1}>
        <RefusedScreen problem={problem} again={show.joinNow} />
      </main>
    );
  }
  if (phase === 'away') {
    return (
      <main id="main" tabIndex={-1}>
        <AwayScreen problem={problem} again={show.joinNow} />
      </main>
    );
  }
  if (phase === 'joining' || session === null || me === null || !showable) return <Loading />;
  if (!me.mayManage) return <WatchLayout />;
  return (
    <Suspense fallback={<Loading />}>
      <StudioLayout />
    </Suspense>
  );
}

function Joined({ id, userId }: { id: string; userId: string }) {
  const show = useMemo(() => new Show(id, userId), [id, userId]);
  useEffect(() => {
    show.start();
    return () => show.stop();
  }, [show]);
  return (
    <ShowContext value={show}>
      <Screen show={show} />
    </ShowContext>
  );
}

function ShowPage({ id }: { id: string }) {
  const auth = useAuth();
  if (auth.state === 'starting') return <Loading />;
  const userId = auth.state === 'signed_in' ? auth.account.id : 'anonymous';
  return <Joined key={`${id} ${userId}`} id={id} userId={userId} />;
}

export default withQueries(ShowPage);
