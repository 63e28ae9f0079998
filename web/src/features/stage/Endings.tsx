// Screens that end a visit: removed, over, refused, away. Each says what to do next.
import { useState } from 'react';
import type { Summary } from '@/shared/api';
import { useT } from '@/shared/i18n';
import { problemWords } from '@/shared/i18n/problem';
import { codeOf } from '@/shared/api';
import { navigate } from '@/shared/router';
import { Button, Notice } from '@/shared/ui';
import { Clock, Lock, TriangleAlert, UserRoundX, WifiOff } from '@/shared/ui/icons';

export function KickedScreen({ reason, title }: { reason: string | null; title: string | null }) {
  const t = useT();
  return (
    <Notice
      alert
      icon={<UserRoundX />}
      title={t('endings.kicked_title')}
      actions={
        <Button kind="go" onClick={() => navigate('/')} autoFocus>
          {t('endings.see_others')}
        </Button>
      }
    >
      {title === null ? t('endings.kicked_text') : t('endings.kicked_text_show', { title })} {reason !== null && t('endings.kicked_reason', { reason })}
    </Notice>
  );
}

export function EndedScreen({ id, name, reason, summary }: { id: string; name: string | null; reason: string; summary: Summary | null }) {
  const t = useT();
  const key = ['host_lost', 'operator', 'never_connected', 'over'].includes(reason) ? `endings.ended_${reason}` : 'endings.ended_text';
  return (
    <Notice
      alert
      icon={<Clock />}
      title={t('endings.ended_title')}
      actions={
        <>
          <Button kind="go" onClick={() => navigate('/')} autoFocus>
            {t('endings.see_others')}
          </Button>
          {summary !== null && <Button onClick={() => navigate(`/s/${id}/summary`)}>{t('endings.summary')}</Button>}
        </>
      }
    >
      {t(key, { name: name ?? t('roles.owner') })}
    </Notice>
  );
}

export function RefusedScreen({ problem, again }: { problem: unknown; again: () => void }) {
  const t = useT();
  const code = codeOf(problem);
  const gone = code === 'sessions/not_found' || code === 'client/not_found' || code === 'request/not_found';
  const title = gone ? t('endings.not_found_title') : code === 'stage/full' ? t('endings.full_title') : t('endings.refused_title');
  return (
    <Notice
      alert
      icon={gone ? <TriangleAlert /> : <Lock />}
      title={title}
      actions={
        <>
          {!gone && (
            <Button kind="go" onClick={again} autoFocus>
              {t('common.try_again')}
            </Button>
          )}
          <Button kind={gone ? 'go' : 'plain'} onClick={() => navigate('/')} autoFocus={gone}>
            {t('endings.see_others')}
          </Button>
        </>
      }
    >
      {problemWords(problem, t)}
    </Notice>
  );
}

export function AwayScreen({ problem, again }: { problem: unknown; again: () => void }) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const press = () => {
    setBusy(true);
    again();
    setTimeout(() => setBusy(false), 1_000);
  };
  const offline = codeOf(problem) === 'client/offline';
  return (
    <Notice
      alert
      icon={<WifiOff />}
      title={offline ? t('status.offline_title') : t('status.away_title')}
      actions={
        <>
          <Button kind="go" busy={busy} onClick={press}>
            {t('status.try_now')}
          </Button>
          <Button onClick={() => navigate('/')}>{t('common.home')}</Button>
        </>
      }
    >
      {offline ? t('status.offline_text') : t('status.away_screen_text')}
    </Notice>
  );
}
