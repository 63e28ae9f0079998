// Watching, and being a guest: the stage, the way up, the chat.
import { listOf, since, toMs } from '@/shared/format';
import { useNow } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Avatar, IconButton } from '@/shared/ui';
import { Share } from '@/shared/ui/icons';
import { useActions } from './actions';
import { useShowState } from './context';
import { ControlBar, Keys, LayoutSwitch } from './Controls';
import { AskToGoUp, GetReady, InvitationPrompt, OnStageNote, UnmutePrompt } from './GoingUp';
import { isStaged, stagedInOrder } from './model';
import { MoreMenu, ReceivingMenu, usePhone } from './More';
import { Hearts, ShowChat, useLayout, useShare, Watching } from './parts';
import { StageView } from './StageView';
import { Banners, HealthPill } from './Status';

function useCompany(): string {
  const t = useT();
  const session = useShowState((state) => state.show.session);
  const people = useShowState((state) => state.show.people);
  const names = stagedInOrder(people)
    .filter((person) => person.role !== 'owner')
    .map((person) => person.display_name);
  const host = session?.owner.display_name ?? '';
  if (names.length === 0) return host;
  if (names.length <= 3) return t('stage.with', { host, names: listOf(names) });
  return t('stage.with_more', { host, names: names.slice(0, 2).join(', '), count: names.length - 2 });
}

function Under({ children }: { children: React.ReactNode }) {
  const t = useT();
  const session = useShowState((state) => state.show.session);
  const now = useNow(30_000);
  const company = useCompany();
  if (session === null) return null;
  const { owner } = session;
  return (
    <div className="under">
      <Avatar id={owner.user_id} name={owner.display_name} url={owner.avatar_url} size="lg" live />
      <div className="grow">
        <h1 dir="auto">{session.title}</h1>
        <p className="sub">
          <span dir="auto">{company}</span> · {since(toMs(session.started_at), now, t)}
        </p>
      </div>
      <HealthPill />
      {children}
    </div>
  );
}

function CopyLink() {
  const t = useT();
  const share = useShare();
  return (
    <IconButton label={t('invite.copy')} onClick={share}>
      <Share />
    </IconButton>
  );
}

export function WatchLayout() {
  const t = useT();
  const actions = useActions();
  const phone = usePhone();
  const [layout, setLayout] = useLayout();
  const me = useShowState((state) => state.show.me?.participant ?? null);
  const ready = useShowState((state) => state.ready);
  const staged = isStaged(me);
  const up = staged && me?.presence !== 'held' && ready;
  return (
    <main id="main" className="watch" tabIndex={-1}>
      <div className="watch-main">
        <Banners />
        <InvitationPrompt />
        <UnmutePrompt />
        <StageView layout={layout}>
          <div className="corner start over">
            <span className="live">{t('common.live')}</span>
            <Watching />
          </div>
          <Hearts />
        </StageView>
        {up && <ControlBar layout={layout} setLayout={setLayout} leave={() => void actions.stepDown()} />}
        <GetReady />
        <Under>
          {!up && !phone && <LayoutSwitch layout={layout} setLayout={setLayout} />}
          {!up && !phone && <ReceivingMenu />}
          <Keys setLayout={setLayout} />
          {phone ? <MoreMenu layout={layout} setLayout={setLayout} /> : <CopyLink />}
        </Under>
        <AskToGoUp />
        <OnStageNote />
      </div>
      <ShowChat />
    </main>
  );
}
