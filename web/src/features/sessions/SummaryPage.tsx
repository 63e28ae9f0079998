// After the show: how long, how many, and what next.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Session, Summary } from '@/shared/api';
import { clock, count, toMs } from '@/shared/format';
import { useTitle } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { withQueries } from '@/shared/queries';
import { problemWords } from '@/shared/i18n/problem';
import { navigate } from '@/shared/router';
import { Avatar, Button, Notice, Spinner } from '@/shared/ui';
import { TriangleAlert } from '@/shared/ui/icons';
import { sessionsApi } from './api';
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

function Figure({ label, value }: { label: string; value: string | null }) {
  if (value === null) return null;
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function SummaryPage({ id }: { id: string }) {
  const t = useT();
  const cache = useQueryClient();
  const session = useQuery({ queryKey: ['session', id], queryFn: () => sessionsApi.get(id), retry: 1 });
  const kept = cache.getQueryData<Summary>(['summary', id]) ?? (session.data as (Session & { summary?: Summary }) | undefined)?.summary;
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
  const numbers = summaryOf(show, kept);
  const number = (value: number | undefined) => (value === undefined ? null : count(value));
  return (
    <main id="main" className="summary" tabIndex={-1}>
      <section className="card">
        <Avatar id={show.owner.user_id} name={show.owner.display_name} url={show.owner.avatar_url} size="lg" />
        <h1>{t('summary.title')}</h1>
        <p className="sub" dir="auto">
          {show.title} · {show.owner.display_name}
        </p>
        <dl className="figures">
          <Figure label={t('summary.duration')} value={numbers.duration_s === undefined ? null : clock(numbers.duration_s)} />
          <Figure label={t('summary.peak')} value={number(numbers.peak_viewers)} />
          <Figure label={t('summary.guests')} value={number(numbers.guests)} />
          <Figure label={t('summary.messages')} value={number(numbers.messages)} />
          <Figure label={t('summary.reactions')} value={number(numbers.reactions)} />
        </dl>
        <div className="notice-actions">
          <Button kind="go" onClick={() => navigate('/')}>
            {t('summary.more')}
          </Button>
          <Button onClick={() => navigate('/go-live')}>{t('common.go_live')}</Button>
        </div>
      </section>
    </main>
  );
}

export default withQueries(SummaryPage);
