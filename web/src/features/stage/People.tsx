// Who is on stage, with each person's controls; who watches; who was removed.
import { useEffect, useMemo, useState } from 'react';
import type { MediaKind, Participant } from '@/shared/api';
import { useT } from '@/shared/i18n';
import { Avatar, Button, IconButton } from '@/shared/ui';
import { Crown, Mic, MicOff, Plus, UserRoundX, Video, VideoOff } from '@/shared/ui/icons';
import { useActions } from './actions';
import { useMediaState, useShowState } from './context';
import { Invite } from './Invite';
import { hears, sees, stagedInOrder } from './model';
import { RemoveQuestion, useMayActOn } from './PersonMenu';

function stateWord(person: Participant, me: boolean, t: ReturnType<typeof useT>): string {
  if (person.presence === 'held') return t('people.state_held');
  if (person.presence === 'reconnecting') return t('people.state_reconnecting');
  if (me && person.role === 'owner') return t('roles.you_host');
  if (person.role === 'owner') return t('roles.owner');
  if (person.host_muted_audio) return t('people.state_muted');
  return t(`roles.${person.role}`);
}

type MuteStep = 'mute' | 'lift' | 'ask';

/** One button, the next sensible step: mute who is heard, lift a host's mute, ask who muted themselves. */
function muteStep(byHost: boolean, passes: boolean): MuteStep {
  if (byHost) return 'lift';
  return passes ? 'mute' : 'ask';
}

const WORDS: Record<MediaKind, Record<MuteStep, string>> = {
  audio: { mute: 'people.mute_name', lift: 'people.unmute_name', ask: 'people.ask_unmute_name' },
  video: { mute: 'people.camera_off_name', lift: 'people.camera_allow_name', ask: 'people.ask_camera_name' },
};

function Controls({ person }: { person: Participant }) {
  const t = useT();
  const actions = useActions();
  const { any, asOwner } = useMayActOn(person);
  const [asking, setAsking] = useState(false);
  const voice = useShowState((state) => state.show.session?.mode === 'voice');
  const { user_id: id, display_name: name } = person;
  if (!any) {
    return (
      <span className="prow-facts" aria-hidden="true">
        {hears(person) ? <Mic /> : <MicOff className="muted" />}
        {!voice && (sees(person) ? <Video /> : <VideoOff className="muted" />)}
      </span>
    );
  }
  const mic = muteStep(person.host_muted_audio, hears(person));
  const camera = muteStep(person.host_muted_video, sees(person));
  const step = (media: MediaKind, word: MuteStep) =>
    void (word === 'ask' ? actions.askUnmute(id, media, name) : actions.mute(id, media, word === 'mute'));
  return (
    <>
      {asOwner && (
        <IconButton
          small
          bare
          state={person.role === 'cohost' ? 'on' : undefined}
          aria-pressed={person.role === 'cohost'}
          label={t('people.cohost_name', { name })}
          onClick={() => void actions.role(id, person.role === 'cohost' ? 'guest' : 'cohost')}
        >
          <Crown />
        </IconButton>
      )}
      <IconButton small bare state={hears(person) ? undefined : 'off'} label={t(WORDS.audio[mic], { name })} onClick={() => step('audio', mic)}>
        {hears(person) ? <Mic /> : <MicOff />}
      </IconButton>
      {!voice && (
        <IconButton small bare state={sees(person) ? undefined : 'off'} label={t(WORDS.video[camera], { name })} onClick={() => step('video', camera)}>
          {sees(person) ? <Video /> : <VideoOff />}
        </IconButton>
      )}
      <IconButton small bare label={t('people.remove_name', { name })} onClick={() => setAsking(true)}>
        <UserRoundX />
      </IconButton>
      <RemoveQuestion person={person} open={asking} close={() => setAsking(false)} />
    </>
  );
}

function Row({ person, me }: { person: Participant; me: boolean }) {
  const t = useT();
  const speaks = useMediaState((state) => state.speaking.has(person.user_id));
  return (
    <li className={speaks && hears(person) ? 'prow sp' : 'prow'}>
      <Avatar id={person.user_id} name={person.display_name} url={person.avatar_url} size="sm" />
      <span className="nm">
        <b dir="auto" className="wrap1">
          {person.display_name}
        </b>
        <span>{stateWord(person, me, t)}</span>
      </span>
      <Controls person={person} />
    </li>
  );
}

function Removed() {
  const t = useT();
  const actions = useActions();
  const removed = useShowState((state) => state.show.removed);
  if (removed.length === 0) return null;
  return (
    <>
      <h3 className="panel-sub">{t('people.removed_title')}</h3>
      <ul>
        {removed.map((person) => (
          <li key={person.userId} className="prow">
            <Avatar id={person.userId} name={person.handle} size="sm" />
            <span className="nm">
              <b dir="auto" className="wrap1">
                {person.handle}
              </b>
              <span>{t('people.state_removed')}</span>
            </span>
            <Button small kind="line" aria-label={t('people.allow_back_name', { name: person.handle })} onClick={() => void actions.allowBack(person.userId, person.handle)}>
              {t('people.allow_back')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function People() {
  const t = useT();
  const actions = useActions();
  const people = useShowState((state) => state.show.people);
  const me = useShowState((state) => state.show.me);
  const session = useShowState((state) => state.show.session);
  const watching = useShowState((state) => state.show.viewerCount);
  const [inviting, setInviting] = useState(false);
  const staged = useMemo(() => stagedInOrder(people), [people]);
  const manage = me?.mayManage === true;
  useEffect(() => {
    if (!manage) setInviting(false);
  }, [manage]);
  const guests = staged.filter((person) => person.role !== 'owner').length;
  return (
    <section className="panel people" aria-labelledby="people-title">
      <header>
        <h2 id="people-title">{t('people.title')}</h2>
        <span className="dim">{t('people.seats', { taken: guests, all: session?.effective_max_guests ?? 0 })}</span>
        {manage && guests > 0 && (
          <Button small kind="ghost" onClick={() => void actions.muteAll()}>
            {t('people.mute_all')}
          </Button>
        )}
      </header>
      <div className="scroll">
        <ul>
          {staged.map((person) => (
            <Row key={person.user_id} person={person} me={person.user_id === me?.userId} />
          ))}
        </ul>
        {manage && <Removed />}
        <p className="panel-note dim">{t('people.watching', { count: watching })}</p>
      </div>
      {manage && (
        <footer className="panel-foot">
          <Button small wide onClick={() => setInviting(true)}>
            <Plus aria-hidden="true" />
            {t('invite.do')}
          </Button>
          {inviting && <Invite close={() => setInviting(false)} />}
        </footer>
      )}
    </section>
  );
}
