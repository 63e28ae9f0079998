// For operators: what is live, who is here, what was done to whom.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Tabs } from 'radix-ui';
import { useState, type ReactNode } from 'react';
import { useAccount } from '@/features/accounts';
import { http, type Account, type AuditEntry, type Page, type Session } from '@/shared/api';
import { count, dateTime, since, toMs } from '@/shared/format';
import { useNow, useTitle } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Confirm } from '@/shared/ui/confirm';
import { withQueries } from '@/shared/queries';
import { problemWords } from '@/shared/i18n/problem';
import { Link, navigate } from '@/shared/router';
import { Avatar, Banner, Button, Empty, Notice, Spinner } from '@/shared/ui';
import { Shield, TriangleAlert, Users, Video } from '@/shared/ui/icons';
import { toast } from '@/shared/ui/toast';
import './operator.css';

const REFRESH_MS = 5_000;

function Failed({ error, again }: { error: unknown; again: () => void }) {
  const t = useT();
  return (
    <Banner
      tone="bad"
      role="alert"
      icon={<TriangleAlert />}
      title={t('operator.error')}
      action={
        <Button small onClick={again}>
          {t('common.try_again')}
        </Button>
      }
    >
      {problemWords(error, t)}
    </Banner>
  );
}

function Table({ label, heads, children }: { label: string; heads: { word: string; end?: boolean }[]; children: ReactNode }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head.word} scope="col" className={head.end ? 'r' : undefined}>
                {head.word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Kpi({ label, value }: { label: string; value: number }) {
  return (
    <div className="kpi">
      <dt>{label}</dt>
      <dd>{count(value)}</dd>
    </div>
  );
}

function useLive() {
  return useQuery({ queryKey: ['operator', 'live'], queryFn: () => http.get<Page<Session>>('/v1/sessions?limit=200'), refetchInterval: REFRESH_MS });
}

function LiveShows() {
  const t = useT();
  const cache = useQueryClient();
  const live = useLive();
  const now = useNow(30_000);
  const [asking, setAsking] = useState<Session | null>(null);
  const end = useMutation({
    mutationFn: (session: Session) => http.post(`/v1/sessions/${session.id}/end`),
    onSuccess: (_reply, session) => {
      toast(t('operator.ended', { title: session.title }), { tone: 'ok' });
      void cache.invalidateQueries({ queryKey: ['operator'] });
    },
    onError: (error) => toast(problemWords(error, t), { tone: 'bad' }),
  });
  if (live.isError) return <Failed error={live.error} again={() => void live.refetch()} />;
  if (live.isPending) return <Spinner />;
  if (live.data.items.length === 0) {
    return (
      <Empty icon={<Video aria-hidden="true" />} title={t('operator.no_shows')}>
        {t('operator.no_shows_text')}
      </Empty>
    );
  }
  const heads = [
    { word: t('operator.show') },
    { word: t('operator.kind') },
    { word: t('operator.on_stage'), end: true },
    { word: t('operator.watching'), end: true },
    { word: t('operator.running'), end: true },
    { word: t('operator.actions'), end: true },
  ];
  return (
    <>
      <Table label={t('operator.live')} heads={heads}>
        {live.data.items.map((session) => (
          <tr key={session.id}>
            <td>
              <span className="row">
                <Avatar id={session.owner.user_id} name={session.owner.display_name} url={session.owner.avatar_url} size="xs" />
                <Link to={`/s/${session.id}`} className="link" dir="auto">
                  {session.title}
                </Link>
                <span className="dim" dir="auto">
                  {session.owner.display_name}
                </span>
              </span>
            </td>
            <td>{t(`golive.mode_${session.mode}`)}</td>
            <td className="r">{t('operator.of', { n: session.guest_count + 1, all: session.effective_max_guests + 1 })}</td>
            <td className="r">{count(session.viewer_count)}</td>
            <td className="r">{since(toMs(session.started_at), now, t)}</td>
            <td className="r">
              <Button small kind="danger" aria-label={t('operator.end_name', { title: session.title })} onClick={() => setAsking(session)}>
                {t('operator.end')}
              </Button>
            </td>
          </tr>
        ))}
      </Table>
      {asking !== null && (
          <Confirm title={t('operator.end_title', { title: asking.title })} yes={t('operator.end')} onYes={() => end.mutate(asking)} onClose={() => setAsking(null)}>
            {t('operator.end_text', { watching: count(asking.viewer_count) })}
          </Confirm>
      )}
    </>
  );
}

function usePaged<T>(path: string) {
  return useInfiniteQuery({
    queryKey: ['operator', path],
    queryFn: ({ pageParam }) => http.get<Page<T>>(`${path}?limit=50${pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

function More({ list }: { list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> } }) {
  const t = useT();
  if (!list.hasNextPage) return null;
  return (
    <Button small busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
      {t('operator.more')}
    </Button>
  );
}

function People() {
  const t = useT();
  const list = usePaged<Account>('/v1/accounts');
  if (list.isError) return <Failed error={list.error} again={() => void list.refetch()} />;
  if (list.isPending) return <Spinner />;
  const heads = [{ word: t('operator.person') }, { word: t('sign.handle') }, { word: t('operator.plan') }, { word: t('operator.state') }, { word: t('operator.since'), end: true }];
  return (
    <>
      <Table label={t('operator.people')} heads={heads}>
        {list.data.pages
          .flatMap((page) => page.items)
          .map((account) => (
            <tr key={account.id}>
              <td>
                <span className="row">
                  <Avatar id={account.id} name={account.display_name} url={account.avatar_url} size="xs" />
                  <b dir="auto">{account.display_name}</b>
                </span>
              </td>
              <td>@{account.handle}</td>
              <td>{account.plan ?? ''}</td>
              <td>
                {account.operator && <span className="tag info">{t('operator.is_operator')}</span>} {account.banned ? <span className="tag bad">{t('operator.banned')}</span> : !account.operator && <span className="tag ok">{t('operator.fine')}</span>}
              </td>
              <td className="r">{dateTime(account.created_at)}</td>
            </tr>
          ))}
      </Table>
      <More list={list} />
    </>
  );
}

function short(id: string | null | undefined): string {
  return id ? `…${id.slice(-6)}` : '–';
}

function Audit() {
  const t = useT();
  const list = usePaged<AuditEntry>('/v1/audit');
  if (list.isError) return <Failed error={list.error} again={() => void list.refetch()} />;
  if (list.isPending) return <Spinner />;
  const entries = list.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) {
    return (
      <Empty icon={<Shield aria-hidden="true" />} title={t('operator.no_audit')}>
        {t('operator.no_audit_text')}
      </Empty>
    );
  }
  const heads = [{ word: t('operator.when') }, { word: t('operator.action') }, { word: t('operator.actor') }, { word: t('operator.target') }, { word: t('operator.session') }, { word: t('operator.reason') }];
  return (
    <>
      <Table label={t('operator.audit')} heads={heads}>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td>{dateTime(entry.at)}</td>
            <td>
              <code>{entry.action}</code>
            </td>
            <td title={entry.actor_id ?? undefined}>{entry.actor_id ? short(entry.actor_id) : t('operator.system')}</td>
            <td title={entry.target_id ?? undefined}>{short(entry.target_id)}</td>
            <td title={entry.session_id ?? undefined}>{short(entry.session_id)}</td>
            <td dir="auto">{entry.reason ?? ''}</td>
          </tr>
        ))}
      </Table>
      <More list={list} />
    </>
  );
}

function OperatorPage() {
  const t = useT();
  const account = useAccount();
  useTitle(t('operator.title'));
  const live = useLive();
  if (account !== null && !account.operator) {
    return (
      <main id="main" tabIndex={-1}>
        <Notice alert icon={<Shield />} title={t('operator.only_title')} actions={<Button kind="go" onClick={() => navigate('/')}>{t('common.home')}</Button>}>
          {t('operator.only_text')}
        </Notice>
      </main>
    );
  }
  const shows = live.data?.items ?? [];
  const sum = (pick: (session: Session) => number) => shows.reduce((total, session) => total + pick(session), 0);
  const tab = (value: string, icon: ReactNode) => (
    <Tabs.Trigger value={value} className="tab">
      {icon}
      {t(`operator.${value}`)}
    </Tabs.Trigger>
  );
  return (
    <main id="main" className="operator" tabIndex={-1}>
      <div className="sect">
        <h1>{t('operator.title')}</h1>
      </div>
      <dl className="kpis">
        <Kpi label={t('operator.live')} value={shows.length} />
        <Kpi label={t('operator.on_stage')} value={sum((session) => session.guest_count + 1)} />
        <Kpi label={t('operator.watching')} value={sum((session) => session.viewer_count)} />
      </dl>
      <Tabs.Root defaultValue="live" className="tabs">
        <Tabs.List className="tablist" aria-label={t('operator.title')}>
          {tab('live', <Video aria-hidden="true" />)}
          {tab('people', <Users aria-hidden="true" />)}
          {tab('audit', <Shield aria-hidden="true" />)}
        </Tabs.List>
        <Tabs.Content value="live" className="tabpanel">
          <LiveShows />
        </Tabs.Content>
        <Tabs.Content value="people" className="tabpanel">
          <People />
        </Tabs.Content>
        <Tabs.Content value="audit" className="tabpanel">
          <Audit />
        </Tabs.Content>
      </Tabs.Root>
    </main>
  );
}

export default withQueries(OperatorPage);
