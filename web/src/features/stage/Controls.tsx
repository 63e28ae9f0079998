// My own controls while on stage, and the keys for them.
import { useState } from 'react';
import { PicturePicker } from '@/features/greenroom';
import type { Layout } from '@/shared/api';
import { setShortcutsOff, shortcutsOff, useShortcuts } from '@/shared/hooks/shortcuts';
import { useT } from '@/shared/i18n';
import { Dialog } from '@/shared/ui/dialog';
import { Button, IconButton } from '@/shared/ui';
import { ChevronDown, Hand, Keyboard, LayoutGrid, LogOut, Mic, MicOff, ScreenShare, SpeakerView, SquareUser, Video, VideoOff } from '@/shared/ui/icons';
import { toast } from '@/shared/ui/toast';
import { useActions } from './actions';
import { useMediaState, useShow, useShowState } from './context';
import { isStaged } from './model';
import { ReceivingMenu, usePhone } from './More';

export interface MediaButton {
  on: boolean;
  /** Why it cannot be pressed, or null. */
  barred: string | null;
  press: () => void;
}

/** The microphone or camera of the person on this page. */
export function useMyMedia(kind: 'audio' | 'video'): MediaButton {
  const t = useT();
  const actions = useActions();
  const me = useShowState((state) => state.show.me?.participant ?? null);
  const local = useMediaState((state) => (kind === 'audio' ? state.mic : state.camera));
  const audio = kind === 'audio';
  const may = audio ? me?.may_speak : me?.may_show;
  const byHost = audio ? me?.host_muted_audio : me?.host_muted_video;
  const on = local && byHost !== true;
  const barred = may === false ? t(audio ? 'controls.mic_not_allowed' : 'controls.camera_not_allowed') : byHost ? t(audio ? 'controls.mic_by_host' : 'controls.camera_by_host') : null;
  return {
    on,
    barred,
    press: () => {
      if (barred !== null && !on) toast(barred);
      else void actions.setMedia(kind, !on);
    },
  };
}

function MediaToggle({ kind, button }: { kind: 'audio' | 'video'; button: MediaButton }) {
  const t = useT();
  const audio = kind === 'audio';
  const words = audio ? (button.on ? 'controls.mic_off' : 'controls.mic_on') : button.on ? 'controls.camera_off' : 'controls.camera_on';
  const icon = audio ? button.on ? <Mic /> : <MicOff /> : button.on ? <Video /> : <VideoOff />;
  return (
    <IconButton
      label={button.barred === null || button.on ? t(words) : button.barred}
      hint={audio ? 'M' : 'V'}
      state={button.on ? undefined : 'off'}
      aria-pressed={button.on}
      aria-disabled={button.barred !== null && !button.on}
      onClick={button.press}
    >
      {icon}
    </IconButton>
  );
}

/** My picture in the camera's place: one press, and the camera is off. */
export function useMyPicture(): MediaButton {
  const t = useT();
  const show = useShow();
  const me = useShowState((state) => state.show.me?.participant ?? null);
  const local = useMediaState((state) => state.picture);
  const on = local && me?.host_muted_video !== true;
  const barred = me?.may_show === false ? t('controls.camera_not_allowed') : me?.host_muted_video ? t('controls.camera_by_host') : null;
  return {
    on,
    barred,
    press: () => {
      if (barred !== null && !on) toast(barred);
      else void show.setVideo(on ? null : 'picture');
    },
  };
}

function HideCamera({ button, camera }: { button: MediaButton; camera: boolean }) {
  const t = useT();
  const [choosing, setChoosing] = useState(false);
  const me = useShowState((state) => state.show.me?.participant ?? null);
  const words = button.on ? t('controls.picture_off') : camera ? t('controls.hide_camera') : t('controls.picture_on');
  return (
    <span className="split">
      <IconButton
        label={button.barred === null || button.on ? words : button.barred}
        hint="P"
        state={button.on ? 'on' : undefined}
        aria-pressed={button.on}
        aria-disabled={button.barred !== null && !button.on}
        onClick={button.press}
      >
        <SquareUser />
      </IconButton>
      <IconButton className="split-more" label={t('controls.picture_change')} aria-haspopup="dialog" onClick={() => setChoosing(true)}>
        <ChevronDown />
      </IconButton>
      {choosing && me !== null && (
        <Dialog title={t('controls.picture_change')} onClose={() => setChoosing(false)}>
          <PicturePicker person={{ id: me.user_id, name: me.display_name }} />
        </Dialog>
      )}
    </span>
  );
}

/** A second picture, where the show is a studio and the seat allows it. */
function ShareScreen() {
  const t = useT();
  const show = useShow();
  const sharing = useMediaState((state) => state.screen);
  const may = useShowState((state) => state.show.me?.participant?.may_share === true && state.show.session?.mode === 'studio');
  if (!may || navigator.mediaDevices?.getDisplayMedia === undefined) return null;
  return (
    <IconButton
      label={sharing ? t('controls.screen_off') : t('controls.screen_on')}
      hint="S"
      data-shortcut="screen"
      state={sharing ? 'on' : undefined}
      aria-pressed={sharing}
      onClick={() => void show.client.setScreen(!sharing)}
    >
      <ScreenShare />
    </IconButton>
  );
}

function RaiseHand() {
  const t = useT();
  const actions = useActions();
  const me = useShowState((state) => state.show.me);
  const mine = useShowState((state) => state.show.requests.find((request) => request.user_id === state.show.me?.userId));
  if (me === null || me.participant === null || me.role === 'owner' || me.role === 'cohost') return null;
  if (me.participant.may_speak && mine === undefined) return null;
  return (
    <Button
      kind={mine === undefined ? 'go' : 'plain'}
      className="hand-up"
      aria-pressed={mine !== undefined}
      onClick={() => void (mine === undefined ? actions.request('') : actions.cancelRequest(mine.id))}
    >
      <Hand aria-hidden="true" />
      <span>{mine === undefined ? t('controls.raise') : t('controls.lower')}</span>
    </Button>
  );
}

const KEYS: [string, string][] = [
  ['M', 'keys.mic'],
  ['V', 'keys.camera'],
  ['P', 'keys.picture'],
  ['H', 'keys.hand'],
  ['T', 'keys.chat'],
  ['R', 'keys.react'],
  ['S', 'keys.screen'],
  ['1', 'keys.grid'],
  ['2', 'keys.speaker'],
  ['?', 'keys.help'],
];

export function KeysDialog({ close }: { close: () => void }) {
  const t = useT();
  const [off, setOff] = useState(shortcutsOff);
  return (
      <Dialog title={t('keys.title')} onClose={close}>
        <dl className="keys">
          {KEYS.map(([key, words]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(words)}</dd>
            </div>
          ))}
        </dl>
        <label className="check">
          <input
            type="checkbox"
            checked={!off}
            onChange={(event) => {
              setOff(!event.target.checked);
              setShortcutsOff(!event.target.checked);
            }}
          />
          <span>{t('keys.on')}</span>
        </label>
      </Dialog>
  );
}

interface ControlBarProps {
  layout: Layout;
  setLayout: (layout: Layout) => void;
  leave: (() => void) | null;
  children?: React.ReactNode;
}

export function LayoutSwitch({ layout, setLayout }: Pick<ControlBarProps, 'layout' | 'setLayout'>) {
  const t = useT();
  return (
    <div className="lay" role="group" aria-label={t('controls.layout')}>
      <button type="button" aria-pressed={layout === 'grid'} title={t('controls.grid')} onClick={() => setLayout('grid')}>
        <LayoutGrid aria-hidden="true" />
        <span>{t('controls.grid')}</span>
      </button>
      <button type="button" aria-pressed={layout === 'spotlight'} title={t('controls.speaker')} onClick={() => setLayout('spotlight')}>
        <SpeakerView aria-hidden="true" />
        <span>{t('controls.speaker')}</span>
      </button>
    </div>
  );
}

export function ControlBar({ layout, setLayout, leave, children }: ControlBarProps) {
  const t = useT();
  const phone = usePhone();
  const me = useShowState((state) => state.show.me);
  const voice = useShowState((state) => state.show.session?.mode === 'voice');
  const mic = useMyMedia('audio');
  const camera = useMyMedia('video');
  const picture = useMyPicture();
  const up = isStaged(me?.participant) && me?.participant?.presence !== 'held';
  return (
    <div className="ctl" role="toolbar" aria-label={t('controls.title')}>
      {up && <MediaToggle kind="audio" button={mic} />}
      {up && !voice && <MediaToggle kind="video" button={camera} />}
      {up && !voice && <HideCamera button={picture} camera={camera.on} />}
      {up && <ShareScreen />}
      {up && <RaiseHand />}
      {children}
      {!phone && <LayoutSwitch layout={layout} setLayout={setLayout} />}
      {!phone && <ReceivingMenu />}
      {leave !== null && (
        <Button kind="danger" className="leave" title={t('controls.leave_stage')} onClick={leave}>
          <LogOut aria-hidden="true" />
          <span>{t('controls.leave_stage')}</span>
        </Button>
      )}
    </div>
  );
}

/** Keys that work wherever the focus is. */
export function Keys({ setLayout }: { setLayout: (layout: Layout) => void }) {
  const t = useT();
  const actions = useActions();
  const [open, setOpen] = useState(false);
  const me = useShowState((state) => state.show.me);
  const mine = useShowState((state) => state.show.requests.find((request) => request.user_id === state.show.me?.userId));
  const mic = useMyMedia('audio');
  const camera = useMyMedia('video');
  const picture = useMyPicture();
  const voice = useShowState((state) => state.show.session?.mode === 'voice');
  const up = isStaged(me?.participant) && me?.participant?.presence !== 'held';
  useShortcuts({
    m: () => up && mic.press(),
    v: () => up && camera.press(),
    p: () => up && !voice && picture.press(),
    h: () => {
      if (mine !== undefined) void actions.cancelRequest(mine.id);
      else if (!up && me?.participant !== null) document.querySelector<HTMLElement>('[data-shortcut="hand"]')?.click();
    },
    t: () => document.querySelector<HTMLElement>('#chat-input')?.focus(),
    r: () => document.querySelector<HTMLElement>('[data-shortcut="react"]')?.click(),
    s: () => document.querySelector<HTMLElement>('[data-shortcut="screen"]')?.click(),
    '1': () => setLayout('grid'),
    '2': () => setLayout('spotlight'),
    '?': () => setOpen(true),
  });
  return (
    <>
      <IconButton label={t('keys.title')} hint="?" className="keys-button" onClick={() => setOpen(true)}>
        <Keyboard />
      </IconButton>
      {open && <KeysDialog close={() => setOpen(false)} />}
    </>
  );
}
