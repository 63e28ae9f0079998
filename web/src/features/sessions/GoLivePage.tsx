// Going live: check camera and microphone, give the show a title, start.
import { useRef, useState, type FormEvent } from 'react';
import { useAccount } from '@/features/accounts';
import { GreenRoom } from '@/features/greenroom';
import type { Mode, NewSession } from '@/shared/api';
import { useTitle } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { fieldWords, problemWords } from '@/shared/i18n/problem';
import { navigate } from '@/shared/router';
import { Banner, Button, Field } from '@/shared/ui';
import { TriangleAlert, Video } from '@/shared/ui/icons';
import { sessionsApi } from './api';
import './golive.css';

const TITLE_LENGTH_MAX = 120;
const MODES: Mode[] = ['camera', 'voice', 'studio'];
const SLOW_MODES_S = [0, 5, 15, 30, 60];

function read(form: HTMLFormElement, mode: Mode): NewSession {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? '').normalize('NFC').trim();
  const description = text('description');
  return {
    title: text('title'),
    ...(description === '' ? {} : { description }),
    mode,
    visibility: data.get('unlisted') === 'on' ? 'unlisted' : 'public',
    settings: {
      require_approval: data.get('require_approval') === 'on',
      allow_requests: data.get('allow_requests') === 'on',
      slow_mode_s: Number(data.get('slow_mode_s') ?? 0),
    },
  };
}

function Check({ name, label, hint, on = false }: { name: string; label: string; hint: string; on?: boolean }) {
  return (
    <label className="check">
      <input type="checkbox" name={name} defaultChecked={on} aria-describedby={`${name}-hint`} />
      <span>
        {label}
        <small id={`${name}-hint`}>{hint}</small>
      </span>
    </label>
  );
}

function ModePicker({ mode, pick }: { mode: Mode; pick: (mode: Mode) => void }) {
  const t = useT();
  return (
    <fieldset className="modes">
      <legend>{t('golive.mode')}</legend>
      <div className="modes-all">
      {MODES.map((word) => (
        <label key={word} className="mode">
          <input type="radio" name="mode" value={word} checked={mode === word} onChange={() => pick(word)} />
          <span>
            <b>{t(`golive.mode_${word}`)}</b>
            <small>{t(`golive.mode_${word}_text`)}</small>
          </span>
        </label>
      ))}
      </div>
    </fieldset>
  );
}

export default function GoLivePage() {
  const t = useT();
  useTitle(t('common.go_live'));
  const account = useAccount();
  const form = useRef<HTMLFormElement>(null);
  const key = useRef(crypto.randomUUID?.() ?? String(Math.random()));
  const [mode, setMode] = useState<Mode>('camera');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [titleError, setTitleError] = useState<string | undefined>();
  if (account === null) return null;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const session = read(event.currentTarget, mode);
    const length = [...session.title].length;
    if (length === 0 || length > TITLE_LENGTH_MAX) {
      setTitleError(t('golive.title_error', { max: TITLE_LENGTH_MAX }));
      form.current?.querySelector<HTMLInputElement>('#title')?.focus();
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const started = await sessionsApi.create(session, key.current);
      try {
        sessionStorage.setItem(`onstage.ready.${started.id}`, '1');
      } catch {
        // The green room comes once more.
      }
      navigate(`/s/${started.id}`, { replace: true });
    } catch (error) {
      key.current = crypto.randomUUID?.() ?? String(Math.random());
      setTitleError(fieldWords(error, 'title', t));
      setProblem(error);
      setBusy(false);
    }
  };

  return (
    <main id="main" className="golive" tabIndex={-1}>
      <form ref={form} onSubmit={submit} noValidate>
        <div className="golive-look">
          <h1>{t('greenroom.title')}</h1>
          <GreenRoom person={{ id: account.id, name: account.display_name, avatarUrl: account.avatar_url }} withCamera={mode !== 'voice'} />
        </div>
        <div className="golive-form card">
          {problem !== null && titleError === undefined && <Banner tone="bad" role="alert" icon={<TriangleAlert />} title={problemWords(problem, t)} />}
          <Field id="title" label={t('golive.show_title')} error={titleError} hint={t('golive.title_hint')}>
            {(attributes) => <input name="title" autoComplete="off" dir="auto" required onChange={() => setTitleError(undefined)} {...attributes} />}
          </Field>
          <Field id="description" label={t('golive.description')}>
            {(attributes) => <textarea name="description" rows={2} maxLength={2000} dir="auto" {...attributes} />}
          </Field>
          <ModePicker mode={mode} pick={setMode} />
          <div className="checks">
            <Check name="allow_requests" label={t('golive.allow_requests')} hint={t('golive.allow_requests_hint')} on />
            <Check name="require_approval" label={t('golive.approval')} hint={t('golive.approval_hint')} on />
            <Check name="unlisted" label={t('golive.unlisted')} hint={t('golive.unlisted_hint')} />
          </div>
          <Field id="slow_mode_s" label={t('golive.slow_mode')}>
            {(attributes) => (
              <select name="slow_mode_s" defaultValue={0} {...attributes}>
                {SLOW_MODES_S.map((seconds) => (
                  <option key={seconds} value={seconds}>
                    {seconds === 0 ? t('golive.slow_off') : t('golive.slow_seconds', { seconds })}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <div className="golive-do">
            <Button kind="ghost" onClick={() => navigate('/')}>
              {t('common.not_now')}
            </Button>
            <Button kind="go" type="submit" busy={busy} className="grow">
              <Video aria-hidden="true" />
              {t('common.go_live')}
            </Button>
          </div>
        </div>
      </form>
    </main>
  );
}
