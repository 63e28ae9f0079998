// After the show: how long, how many, and what next.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useAccount } from '@/features/accounts';
import type { Analytics, Session, Summary } from '@/shared/api';
import { average, clock, count, percent, toMs } from '@/shared/format';
import { useTitle } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { withQueries } from '@/shared/queries';
import { problemWords } from '@/shared/i18n/problem';
import { navigate } from '@/shared/router';
import { Avatar, Button, Notice, Spinner, Waiting } from '@/shared/ui';
import { TriangleAlert } from '@/shared/ui/icons';
import { REACTION_KINDS, Sign } from '@/shared/ui/sign';
import { sessionsApi } from './api';
import { Plot } from './Plot';
import './summary.css';

type Partly = Partial<Summary>;

/** Without the numbers of the end, the session itself still knows some. */
function summaryOf(session: Session, kept: Summary | undefined): Partly {
  if (kept !== undefined) return kept;
  const start = toMs(session.started_at);
  const end = toMs(session.ended_at);
  return {
    ...(start !== null && end !== null ? { duration_s: Math.round((end - start) / 1000) } : {}),
    ...(session.peak_viewers === undefined ? {} : { peak_viewers: session.peak_viewers }),
  };
}

function Figure({ label, value, note }: { label: string; value: string | null; note?: string | undefined }) {
  if (value === null) return null;
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>{value}</dd>
      {note !== undefined && <dd className="figure-note">{note}</dd>}
    </div>
  );
}

/** What everybody may know of a show that is over. */
function Brief({ numbers }: { numbers: Partly }) {
  const t = useT();
  const number = (value: number | undefined) => (value === undefined ? null : count(value));
  return (
    <dl className="figures">
      <Figure label={t('summary.duration')} value={numbers.duration_s === undefined ? null : clock(numbers.duration_s)} />
      <Figure label={t('summary.peak')} value={number(numbers.peak_viewers)} />
      <Figure label={t('summary.guests')} value={number(numbers.guests)} />
      <Figure label={t('summary.messages')} value={number(numbers.messages)} />
      <Figure label={t('summary.reactions')} value={number(numbers.reactions)} />
    </dl>
  );
}

function ByKind({ counts }: { counts: Analytics['reactions_by_kind'] }) {
  const t = useT();
  const known = REACTION_KINDS.map((kind) => [kind, counts[kind] ?? 0] as const).filter(([, number]) => number > 0);
  if (known.length === 0) return null;
  return (
    <ul className="kinds" aria-label={t('summary.by_kind')}>
      {known
        .toSorted(([, a], [, b]) => b - a)
        .map(([kind, number]) => (
          <li key={kind} title={t(`reactions.${kind}`)}>
            <Sign kind={kind} />
            <span className="sr">{t('summary.kind', { kind: t(`reactions.${kind}`), number: count(number) })}</span>
            <span aria-hidden="true">{count(number)}</span>
          </li>
        ))}
    </ul>
  );
}

/** What the host and the operator see besides. */
function Full({ analytics }: { analytics: Analytics }) {
  const t = useT();
  const usual = analytics.host_sessions > 1 ? t('summary.usual', { time: clock(analytics.host_average_duration_s), count: analytics.host_sessions }) : undefined;
  return (
    <>
      <dl className="figures">
        <Figure label={t('summary.duration')} value={clock(analytics.duration_s)} note={usual} />
        <Figure label={t('summary.peak')} value={count(analytics.viewers_peak)} />
        <Figure label={t('summary.average')} value={average(analytics.viewers_average)} />
        <Figure label={t('summary.people')} value={count(analytics.people)} />
        <Figure label={t('summary.guests')} value={count(analytics.guests)} note={analytics.requests === 0 ? undefined : t('summary.requests', { count: analytics.requests })} />
        <Figure label={t('summary.participation')} value={percent(analytics.guest_participation_rate)} />
        <Figure label={t('summary.messages')} value={count(analytics.messages)} />
        <Figure label={t('summary.reactions')} value={count(analytics.reactions)} />
      </dl>
      <ByKind counts={analytics.reactions_by_kind} />
    </>
  );
}

function useAnalytics(show: Session | undefined) {
  const account = useAccount();
  const may = show !== undefined && account !== null && (account.operator === true || account.id === show.owner.user_id);
  const query = useQuery({ queryKey: ['analytics', show?.id], queryFn: () => sessionsApi.analytics(show?.id ?? ''), enabled: may, retry: 1 });
  return { ...query, may };
}

function SummaryPage({ id }: { id: string }) {
  const t = useT();
  const cache = useQueryClient();
  const session = useQuery({ queryKey: ['session', id], queryFn: () => sessionsApi.get(id), retry: 1 });
  const kept = cache.getQueryData<Summary>(['summary', id]) ?? (session.data as (Session & { summary?: Summary }) | undefined)?.summary;
  const analytics = useAnalytics(session.data);
  useTitle(t('summary.title'));
  if (session.isPending) {
    return (
      <main id="main" className="center" tabIndex={-1}>
        <Spinner />
      </main>
    );
  }
  if (session.isError) {
    return (
      <main id="main" tabIndex={-1}>
        <Notice
          alert
          icon={<TriangleAlert />}
          title={t('summary.error')}
          actions={
            <>
              <Button kind="go" onClick={() => void session.refetch()}>
                {t('common.try_again')}
              </Button>
              <Button onClick={() => navigate('/')}>{t('common.home')}</Button>
            </>
          }
        >
          {problemWords(session.error, t)}
        </Notice>
      </main>
    );
  }
  const show = session.data;
  const known = analytics.data;
  const waiting = analytics.may && analytics.isPending;
  return (
    <main id="main" className={analytics.may ? 'summary full' : 'summary'} tabIndex={-1}>
      <section className="card over" aria-busy={waiting || undefined}>
        <header>
          <Avatar id={show.owner.user_id} name={show.owner.display_name} url={show.owner.avatar_url} size="lg" />
          <div>
            <h1>{t('summary.title')}</h1>
            <p className="sub" dir="auto">
              {show.title} · {show.owner.display_name}
            </p>
          </div>
        </header>
        {known === undefined ? <Brief numbers={summaryOf(show, kept)} /> : <Full analytics={known} />}
        {known !== undefined && !known.ended_at && <p className="sub">{t('summary.so_far')}</p>}
        {analytics.isError && (
          <p className="sub" role="status">
            {t('summary.numbers_error')}{' '}
            <Button small kind="ghost" onClick={() => void analytics.refetch()}>
              {t('common.try_again')}
            </Button>
          </p>
        )}
        <div className="notice-actions">
          <Button kind="go" onClick={() => navigate('/')}>
            {t('summary.more')}
          </Button>
          <Button onClick={() => navigate('/go-live')}>{t('common.go_live')}</Button>
        </div>
      </section>
      {known !== undefined && <Plot analytics={known} />}
      {waiting && (
        <Waiting label={t('common.loading')}>
          <div className="course card sk" />
        </Waiting>
      )}
    </main>
  );
}

export default withQueries(SummaryPage);
