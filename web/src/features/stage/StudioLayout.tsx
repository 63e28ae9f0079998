// The studio: requests and people, the stage with its controls, the chat.
import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { Layout } from '@/shared/api';
import { count } from '@/shared/format';
import { useT } from '@/shared/i18n';
import { Confirm } from '@/shared/ui/confirm';
import { Link, navigate } from '@/shared/router';
import { Button, IconButton, Mark } from '@/shared/ui';
import { Lock, LockOpen, Share } from '@/shared/ui/icons';
import { problemWords } from '@/shared/i18n/problem';
import { toast } from '@/shared/ui/toast';
import { useActions } from './actions';
import { showApi } from './api';
import { useShow, useShowState } from './context';
import { ControlBar, Keys } from './Controls';
import { GetReady, OnStageNote, UnmutePrompt } from './GoingUp';
import { MoreMenu, usePhone } from './More';
import { Hearts, LiveClock, ShowChat, useLayout, useShare, Watching } from './parts';
import { People } from './People';
import { PersonMenu } from './PersonMenu';
import { Requests } from './Requests';
import { StageView } from './StageView';
import { Banners, HealthPill } from './Status';
import './studio.css';

function EndShow() {
  const t = useT();
  const { id } = useShow();
  const cache = useQueryClient();
  const guests = useShowState((state) => Object.keys(state.show.people).length - 1);
  const watching = useShowState((state) => state.show.viewerCount);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    try {
      const reply = await showApi.end(id);
      cache.setQueryData(['summary', id], reply.summary);
      cache.setQueryData(['session', id], reply.session);
      navigate(`/s/${id}/summary`, { replace: true });
    } catch (problem) {
      toast(problemWords(problem, t), { tone: 'bad' });
      setBusy(false);
    }
  };
  return (
    <>
      <Button kind="end" busy={busy} onClick={() => setAsking(true)}>
        {t('studio.end')}
      </Button>
      {asking && (
          <Confirm title={t('studio.end_title')} yes={t('studio.end')} onYes={() => void end()} onClose={() => setAsking(false)}>
            {t('studio.end_text', { guests: Math.max(0, guests), watching: count(watching) })}
          </Confirm>
      )}
    </>
  );
}

function TopBar({ owner, layout, setLayout }: { owner: boolean; layout: Layout; setLayout: (layout: Layout) => void }) {
  const t = useT();
  const actions = useActions();
  const share = useShare();
  const phone = usePhone();
  const session = useShowState((state) => state.show.session);
  const locked = session?.settings.locked === true;
  return (
    <header className="studio-bar">
      <Link to="/" className="studio-home" aria-label={t('common.home')}>
        <Mark />
      </Link>
      <div className="studio-title">
        <h1 dir="auto" className="wrap1">
          {session?.title}
        </h1>
        <p className="sub">{t('studio.of', { name: session?.owner.display_name ?? '' })}</p>
      </div>
      <span className="live">
        {t('common.live')} <LiveClock />
      </span>
      <Watching plain />
      <span className="grow" />
      <HealthPill />
      <Keys setLayout={setLayout} />
      <Button small className="studio-lock" aria-pressed={locked} onClick={() => void actions.lock(!locked)}>
        {locked ? <Lock aria-hidden="true" /> : <LockOpen aria-hidden="true" />}
        <span>{locked ? t('studio.unlock') : t('studio.lock')}</span>
      </Button>
      {phone ? (
        <MoreMenu layout={layout} setLayout={setLayout} dark />
      ) : (
        <IconButton label={t('invite.copy')} onClick={share}>
          <Share />
        </IconButton>
      )}
      {owner && <EndShow />}
    </header>
  );
}

export function StudioLayout() {
  const t = useT();
  const actions = useActions();
  const owner = useShowState((state) => state.show.me?.role === 'owner');
  const [layout, setOwn] = useLayout();
  const setLayout = (next: Layout) => {
    setOwn(next);
    void actions.layout(next);
  };
  return (
    <div className="studio" data-theme="dark">
      <TopBar owner={owner} layout={layout} setLayout={setLayout} />
      <main id="main" className="studio-cols" tabIndex={-1}>
        <div className="studio-mid">
          <Banners />
          <UnmutePrompt />
          <GetReady />
          <StageView layout={layout} menuFor={(person) => <PersonMenu person={person} />}>
            <div className="corner start over">
              <span className="live">{t('studio.on_air')}</span>
            </div>
            <Hearts />
          </StageView>
          <ControlBar layout={layout} setLayout={setLayout} leave={owner ? null : () => void actions.stepDown()} />
          <OnStageNote />
        </div>
        <div className="studio-side">
          <Requests />
          <People />
        </div>
        <ShowChat />
      </main>
    </div>
  );
}
