// What is live now.
import { useQuery } from '@tanstack/react-query';
import { useAccount } from '@/features/accounts';
import type { Participant, Session } from '@/shared/api';
import { count, since, toMs } from '@/shared/format';
import { useNow, useSize, useTitle } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { withQueries } from '@/shared/queries';
import { problemWords } from '@/shared/i18n/problem';
import { Link, navigate } from '@/shared/router';
import { Avatar, Banner, Button, Empty, gelStyle, Waiting } from '@/shared/ui';
import { Eye, Lock, TriangleAlert, Video } from '@/shared/ui/icons';
import { gridOf } from '@/features/stage';
import { sessionsApi } from './api';
import './home.css';

/** People drawn on a card; more would be too small to tell apart. */
const CARD_FACES_MAX = 9;
const REFRESH_MS = 10_000;

interface Face {
  id: string;
  name: string;
  url?: string | null | undefined;
}

function facesOf(session: Session, people: Participant[] | undefined): Face[] {
  const staged = (people ?? []).filter((person) => person.role !== 'viewer');
  if (staged.length === 0) {
    const { owner } = session;
    return [{ id: owner.user_id, name: owner.display_name, url: owner.avatar_url }];
  }
  return staged.slice(0, CARD_FACES_MAX).map((person) => ({ id: person.user_id, name: person.display_name, url: person.avatar_url }));
}

function Poster({ faces }: { faces: Face[] }) {
  const [ref, size] = useSize<HTMLDivElement>();
  const { tiles } = gridOf(faces.length, size, 2);
  return (
    <div className="poster" ref={ref} aria-hidden="true">
      {tiles.map((tile, index) => {
        const face = faces[index];
        if (face === undefined) return null;
        const style = { ...gelStyle(face.id), width: tile.width, height: tile.height, transform: `translate(${tile.x}px, ${tile.y}px)` };
        return (
          <div key={face.id} className="poster-tile gel" style={style}>
            <Avatar id={face.id} name={face.name} url={face.url} size="xl" />
          </div>
        );
      })}
    </div>
  );
}

function Seats({ session }: { session: Session }) {
  const t = useT();
  const max = session.effective_max_guests;
  const open = Math.max(0, max - session.guest_count);
  const words = session.guest_count === 0 && max === 0 ? t('home.solo') : open === 0 ? t('home.full') : t('home.open', { count: open });
  return (
    <span className="end">
      {session.settings.locked ? (
        <Lock aria-hidden="true" />
      ) : (
        max > 0 &&
        max <= 20 && (
          <span className="seatdots" aria-hidden="true">
            {Array.from({ length: max }, (_, index) => (
              <i key={index} className={index < session.guest_count ? '' : 'o'} />
            ))}
          </span>
        )
      )}
      {session.settings.locked ? t('home.locked') : words}
    </span>
  );
}

function ShowCard({ session, big, now }: { session: Session; big: boolean; now: number }) {
  const t = useT();
  const people = useQuery({
    queryKey: ['faces', session.id, session.guest_count],
    queryFn: () => sessionsApi.staged(session.id),
    enabled: session.guest_count > 0,
    staleTime: 30_000,
    retry: false,
  });
  const faces = facesOf(session, people.data?.items);
  const { owner } = session;
  const others = session.guest_count;
  const line = others > 0 ? t('home.with', { name: owner.display_name, count: others }) : owner.display_name;
  return (
    <li className={big ? 'lcard big' : 'lcard'}>
      <Link to={`/s/${session.id}`} className="lcard-link">
        <div className="thumb" data-theme="dark">
          <Poster faces={faces} />
          <div className="cstrip">
            <span className="live">{t('common.live')}</span>
            <span className="row" title={t('home.watching', { count: session.viewer_count })}>
              <Eye aria-hidden="true" />
              <span className="sr">{t('home.watching', { count: session.viewer_count })}</span>
              <span aria-hidden="true">{count(session.viewer_count)}</span>
            </span>
            <Seats session={session} />
          </div>
        </div>
        <div className="meta">
          <Avatar id={owner.user_id} name={owner.display_name} url={owner.avatar_url} live />
          <div className="grow">
            <b dir="auto" className="wrap1">
              {session.title}
            </b>
            <span className="sub wrap1" dir="auto">
              {line} · {since(toMs(session.started_at), now, t)}
            </span>
          </div>
        </div>
      </Link>
    </li>
  );
}

/** On a quiet evening the page says that there is room. */
function RoomForMore() {
  const t = useT();
  return (
    <li className="lcard room">
      <Empty
        icon={<Video aria-hidden="true" />}
        title={t('home.room_title')}
        action={
          <Button kind="line" onClick={() => navigate('/go-live')}>
            {t('common.go_live')}
          </Button>
        }
      >
        {t('home.room_text')}
      </Empty>
    </li>
  );
}

function Skeletons() {
  const t = useT();
  return (
    <Waiting label={t('home.loading')}>
      <ul className="lives">
        {[0, 1, 2].map((index) => (
          <li key={index} className="lcard">
            <div className="thumb sk" />
            <div className="meta">
              <span className="av sk" />
              <div className="grow">
                <span className="sk sk-line" />
                <span className="sk sk-line short" />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Waiting>
  );
}

function HomePage() {
  const t = useT();
  useTitle('');
  const now = useNow(30_000);
  const account = useAccount();
  const lives = useQuery({ queryKey: ['live'], queryFn: sessionsApi.live, refetchInterval: REFRESH_MS });
  const shows = lives.data?.items ?? [];
  const staged = shows.reduce((sum, show) => sum + show.guest_count + 1, 0);
  return (
    <main id="main" className="home" tabIndex={-1}>
      <div className="sect">
        <h1>{t('home.title')}</h1>
        {shows.length > 0 && <span className="sub">{t('home.counts', { shows: t('home.shows', { count: shows.length }), people: t('home.people', { count: staged }) })}</span>}
      </div>
      {lives.isError && (
        <Banner
          tone="bad"
          role="alert"
          icon={<TriangleAlert />}
          title={t('home.error_title')}
          action={
            <Button small busy={lives.isFetching} onClick={() => void lives.refetch()}>
              {t('common.try_again')}
            </Button>
          }
        >
          {problemWords(lives.error, t)}
        </Banner>
      )}
      {lives.isPending && !lives.isError && <Skeletons />}
      {lives.isSuccess && shows.length === 0 && (
        <Empty
          icon={<Video aria-hidden="true" />}
          title={t('home.empty_title')}
          action={
            <Button kind="go" onClick={() => navigate('/go-live')}>
              {t('common.go_live')}
            </Button>
          }
        >
          {account === null ? t('home.empty_signed_out') : t('home.empty_text')}
        </Empty>
      )}
      {shows.length > 0 && (
        <ul className={shows.length > 2 ? 'lives' : 'lives few'}>
          {shows.map((session, index) => (
            <ShowCard key={session.id} session={session} big={index === 0 && shows.length > 2} now={now} />
          ))}
          {shows.length < 3 && <RoomForMore />}
        </ul>
      )}
    </main>
  );
}

export default withQueries(HomePage);
