// Who wants to come up, and the answer.
import { useState } from 'react';
import type { StageRequest } from '@/shared/api';
import { since, toMs } from '@/shared/format';
import { useNow } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Avatar, Button, Empty } from '@/shared/ui';
import { Check, Hand } from '@/shared/ui/icons';
import { useActions } from './actions';
import { useShowState } from './context';
import { openSeats } from './model';

function Row({ request, first, full, now }: { request: StageRequest; first: boolean; full: boolean; now: number }) {
  const t = useT();
  const actions = useActions();
  const [busy, setBusy] = useState<'accept' | 'decline' | null>(null);
  const name = request.display_name ?? request.handle ?? '';
  const speak = request.requested_role === 'speak';
  const answer = async (word: 'accept' | 'decline') => {
    setBusy(word);
    await actions.answer(request.id, word);
    setBusy(null);
  };
  return (
    <li className="req">
      <div className="row">
        <Avatar id={request.user_id} name={name} url={request.avatar_url} />
        <div className="grow">
          <div>
            <b dir="auto">{name}</b> <span className="dim">{since(toMs(request.created_at), now, t)}</span>
          </div>
          {request.message ? (
            <p className="sub" dir="auto">
              {t('requests.quote', { text: request.message })}
            </p>
          ) : (
            speak && <p className="sub">{t('requests.speak')}</p>
          )}
        </div>
      </div>
      <div className="acts">
        <Button
          small
          kind={first ? 'go' : 'plain'}
          busy={busy === 'accept'}
          disabled={full && !speak}
          aria-label={full && !speak ? t('requests.full') : t('requests.approve_name', { name })}
          onClick={() => void answer('accept')}
        >
          <Check aria-hidden="true" />
          {t('requests.approve')}
        </Button>
        <Button small busy={busy === 'decline'} aria-label={t('requests.decline_name', { name })} onClick={() => void answer('decline')}>
          {t('requests.decline')}
        </Button>
      </div>
    </li>
  );
}

export function Requests() {
  const t = useT();
  const now = useNow(15_000);
  const requests = useShowState((state) => state.show.requests);
  const session = useShowState((state) => state.show.session);
  const people = useShowState((state) => state.show.people);
  const full = session !== null && openSeats(session, people) === 0;
  const ordered = [...requests].sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || (toMs(a.created_at) ?? 0) - (toMs(b.created_at) ?? 0));
  return (
    <section className="panel requests" aria-labelledby="requests-title">
      <header>
        <h2 id="requests-title">{t('requests.title')}</h2>
        <span className={requests.length > 0 ? 'tag lime' : 'tag'} role="status">
          {t('requests.waiting', { count: requests.length })}
        </span>
      </header>
      {ordered.length === 0 ? (
        <Empty icon={<Hand aria-hidden="true" />} title={t('requests.empty_title')}>
          {session?.settings.allow_requests === false ? t('requests.off_text') : t('requests.empty_text')}
        </Empty>
      ) : (
        <ul className="scroll">
          {ordered.map((request, index) => (
            <Row key={request.id} request={request} first={index === 0} full={full} now={now} />
          ))}
        </ul>
      )}
    </section>
  );
}
