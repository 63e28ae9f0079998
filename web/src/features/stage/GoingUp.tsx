// The way up: asking, waiting, being invited, getting ready, taking the seat.
import { useState, type FormEvent } from 'react';
import { useAccount } from '@/features/accounts';
import { GreenRoom } from '@/features/greenroom';
import { readChoice, type MediaChoice } from '@/media';
import { clock, toMs } from '@/shared/format';
import { useNow } from '@/shared/hooks';
import { t as words, useT } from '@/shared/i18n';
import { Dialog } from '@/shared/ui/dialog';
import { problemWords } from '@/shared/i18n/problem';
import { Link, usePlace } from '@/shared/router';
import { Banner, Button, Field, Spinner } from '@/shared/ui';
import { ArrowUp, Clock, Hand, Lock } from '@/shared/ui/icons';
import { toast } from '@/shared/ui/toast';
import { useActions } from './actions';
import { useShow, useShowState } from './context';
import { isStaged, openSeats } from './model';

const MESSAGE_LENGTH_MAX = 200;

function AskDialog({ close }: { close: () => void }) {
  const t = useT();
  const actions = useActions();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const message = String(new FormData(event.currentTarget).get('message') ?? '').trim();
    setBusy(true);
    if (await actions.request(message)) close();
    setBusy(false);
  };
  return (
      <Dialog title={t('up.ask')} lead={t('up.ask_lead')} onClose={close}>
        <form className="stack" onSubmit={submit}>
          <Field id="ask-message" label={t('up.message')} hint={t('up.message_hint')}>
            {(attributes) => <input name="message" maxLength={MESSAGE_LENGTH_MAX} autoComplete="off" dir="auto" data-autofocus="" {...attributes} />}
          </Field>
          <Button kind="go" type="submit" wide busy={busy}>
            <ArrowUp aria-hidden="true" />
            {t('up.send')}
          </Button>
        </form>
      </Dialog>
  );
}

function Strip({ icon, title, text, action }: { icon: React.ReactNode; title: string; text: string; action?: React.ReactNode }) {
  return (
    <div className="seatstrip" role="status">
      <span className="seatstrip-icon">{icon}</span>
      <div className="grow">
        <b>{title}</b> <span className="sub">{text}</span>
      </div>
      {action}
    </div>
  );
}

/** How the last attempt ended, said where the next one starts. */
const NEWS = {
  declined: { title: 'up.declined', text: 'up.declined_text' },
  demoted: { title: 'up.demoted', text: 'up.demoted_text' },
  dropped: { title: 'up.dropped', text: 'up.dropped_text' },
  expired: { title: 'up.expired', text: 'up.expired_text' },
} as const;

/** What a viewer can do about the stage right now. */
export function AskToGoUp() {
  const t = useT();
  const account = useAccount();
  const actions = useActions();
  const { path } = usePlace();
  const session = useShowState((state) => state.show.session);
  const people = useShowState((state) => state.show.people);
  const me = useShowState((state) => state.show.me);
  const answered = useShowState((state) => state.show.answered ?? state.show.seatLost);
  const mine = useShowState((state) => state.show.requests.find((request) => request.user_id === state.show.me?.userId));
  const [asking, setAsking] = useState(false);
  if (session === null || me === null || isStaged(me.participant)) return null;
  const open = openSeats(session, people);
  const host = session.owner.display_name;
  if (mine !== undefined) {
    return (
      <Strip
        icon={<Spinner />}
        title={mine.position ? t('up.waiting_nth', { n: mine.position }) : t('up.waiting')}
        text={t('up.waiting_text', { name: host })}
        action={<Button onClick={() => void actions.cancelRequest(mine.id)}>{t('up.take_back')}</Button>}
      />
    );
  }
  if (session.settings.locked === true || session.settings.allow_requests === false) {
    return <Strip icon={<Lock aria-hidden="true" />} title={t('up.closed')} text={t('up.closed_text', { name: host })} />;
  }
  if (account === null) {
    return (
      <Strip
        icon={<Hand aria-hidden="true" />}
        title={t('up.open', { count: open })}
        text={t('up.sign_in_text')}
        action={
          <Link to={`/sign-in?next=${encodeURIComponent(path)}`} className="btn go">
            {t('sign.in')}
          </Link>
        }
      />
    );
  }
  if (open === 0) return <Strip icon={<Hand aria-hidden="true" />} title={t('up.full')} text={t('up.full_text')} action={<Button disabled>{t('up.full')}</Button>} />;
  const news = answered === null ? null : NEWS[answered];
  const text = news !== null ? t(news.text) : session.settings.require_approval === false ? t('up.open_text') : t('up.approval_text', { name: host });
  return (
    <>
      <Strip
        icon={<Hand aria-hidden="true" />}
        title={news !== null ? t(news.title) : t('up.open', { count: open })}
        text={text}
        action={
          <Button kind="go" data-shortcut="hand" title={`${t('up.ask')} (H)`} onClick={() => setAsking(true)}>
            <ArrowUp aria-hidden="true" />
            {t('up.ask')}
          </Button>
        }
      />
      {asking && <AskDialog close={() => setAsking(false)} />}
    </>
  );
}

function Countdown({ until }: { until: number }) {
  const t = useT();
  const now = useNow(500);
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <span className="tag lime gr-clock" role="timer" aria-label={t('up.seconds_left', { seconds: left })}>
      <Clock aria-hidden="true" />
      {clock(left)}
    </span>
  );
}

/** The green room of somebody who has a seat but is not up yet, or came back to this tab for the first time. */
export function GetReady() {
  const t = useT();
  const show = useShow();
  const actions = useActions();
  const session = useShowState((state) => state.show.session);
  const me = useShowState((state) => state.show.me?.participant ?? null);
  const ready = useShowState((state) => state.ready);
  const [choice, setChoice] = useState<MediaChoice>(readChoice);
  const [busy, setBusy] = useState(false);
  if (session === null || me === null || !isStaged(me)) return null;
  const held = me.presence === 'held';
  if (!held && ready) return null;
  const until = held ? toMs(me.seat_until) : null;
  const owner = me.role === 'owner';
  const go = async () => {
    setBusy(true);
    try {
      await show.ready(choice);
    } catch (problem) {
      toast(problemWords(problem, words), { tone: 'bad' });
    }
    setBusy(false);
  };
  const note = !me.may_speak ? t('up.you_go_up_listening') : null;
  return (
    <section className="getready card" aria-labelledby="getready-title" role="region" data-theme="dark">
      <header>
        <div className="grow">
          <h2 id="getready-title">{t('greenroom.title')}</h2>
          <p className="sub">{owner ? t('up.your_stage') : t('up.keeps_seat', { name: session.owner.display_name })}</p>
        </div>
        {until !== null && <Countdown until={until} />}
      </header>
      <p className="sr" role="alert">
        {held ? t('up.let_in') : ''}
      </p>
      <GreenRoom
        person={{ id: me.user_id, name: me.display_name, avatarUrl: me.avatar_url }}
        withCamera={session.mode !== 'voice' && me.may_show}
        onChange={setChoice}
        note={note === null ? undefined : <p className="sub center-text">{note}</p>}
      />
      <div className="getready-do">
        {!owner && (
          <Button onClick={() => void actions.stepDown()} disabled={busy}>
            {t('common.not_now')}
          </Button>
        )}
        <Button kind="go" className="grow" busy={busy} onClick={() => void go()}>
          <ArrowUp aria-hidden="true" />
          {t('up.go')}
        </Button>
      </div>
    </section>
  );
}

export function InvitationPrompt() {
  const t = useT();
  const actions = useActions();
  const me = useShowState((state) => state.show.me);
  const invitation = useShowState((state) => state.show.invitations.find((item) => item.user_id === state.show.me?.userId));
  const inviter = useShowState((state) => (invitation === undefined ? undefined : state.show.inviters[invitation.id]));
  const now = useNow(1000, invitation !== undefined);
  if (invitation === undefined || me === null || isStaged(me.participant)) return null;
  const until = toMs(invitation.expires_at) ?? 0;
  if (until <= now) return null;
  return (
    <Banner
      tone="info"
      role="alert"
      icon={<ArrowUp />}
      title={inviter === undefined ? t('invite.you') : t('invite.you_by', { name: inviter })}
      action={
        <>
          <Button small kind="go" onClick={() => void actions.answerInvitation(invitation.id, 'accept')}>
            {t('invite.accept')}
          </Button>
          <Button small onClick={() => void actions.answerInvitation(invitation.id, 'decline')}>
            {t('common.not_now')}
          </Button>
        </>
      }
    >
      {t('invite.you_text', { seconds: Math.max(0, Math.ceil((until - now) / 1000)) })}
    </Banner>
  );
}

export function UnmutePrompt() {
  const t = useT();
  const show = useShow();
  const actions = useActions();
  const ask = useShowState((state) => state.show.ask);
  const by = useShowState((state) => (state.show.ask === null ? null : (state.show.people[state.show.ask.by]?.display_name ?? null)));
  if (ask === null) return null;
  const done = () => show.update((state) => ({ ...state, ask: null }));
  const audio = ask.media === 'audio';
  return (
    <Banner
      tone="info"
      role="alert"
      icon={<Hand />}
      title={by === null ? t(audio ? 'prompt.unmute' : 'prompt.camera') : t(audio ? 'prompt.unmute_by' : 'prompt.camera_by', { name: by })}
      action={
        <>
          <Button
            small
            kind="go"
            onClick={() => {
              done();
              void actions.setMedia(ask.media, true);
            }}
          >
            {t(audio ? 'controls.mic_on' : 'controls.camera_on')}
          </Button>
          <Button small onClick={done}>
            {t('common.not_now')}
          </Button>
        </>
      }
    />
  );
}

/** "You are on stage", said once when it becomes true. */
export function OnStageNote() {
  const t = useT();
  const up = useShowState((state) => state.ready && state.show.me?.participant?.presence === 'on_stage');
  return (
    <p className="sr" role="alert">
      {up ? t('up.on_stage') : ''}
    </p>
  );
}
