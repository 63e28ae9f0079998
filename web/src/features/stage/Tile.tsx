// One person on stage: picture or monogram, plate, and the truth about their seat.
import { memo, useEffect, useRef, type MouseEvent, type ReactNode } from 'react';
import type { Mode, Participant } from '@/shared/api';
import type { Attachable, PersonMedia, Quality } from '@/media';
import { toMs } from '@/shared/format';
import { useNow } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Avatar, gelStyle, IconButton, Spinner } from '@/shared/ui';
import { Bars } from '@/shared/ui/bars';
import { Crown, Gauge, Hand, Maximize2, Mic, MicOff, Minimize2, SquareUser } from '@/shared/ui/icons';
import { hears } from './model';

interface TileProps {
  person: Participant;
  media: PersonMedia | undefined;
  mode: Mode;
  me: boolean;
  speaking: boolean;
  quality: Quality;
  /** No picture because this viewer wants none. */
  unseen?: boolean;
  /** My picture is no mirror. */
  pictured?: boolean;
  menu?: ReactNode;
  expand?: Expand | undefined;
}

/** Making one tile large for oneself, and small again. */
export interface Expand {
  large: boolean;
  toggle: () => void;
}

/** Two clicks on the picture, or one tap; a button on it has its own meaning. */
function onPicture(expand: Expand | undefined) {
  if (expand === undefined) return {};
  const pressed = (event: MouseEvent) => {
    const touch = window.matchMedia('(hover: none)').matches;
    if (touch !== (event.type === 'click')) return;
    if (event.target instanceof Element && event.target.closest('button, [role="menu"]') === null) expand.toggle();
  };
  return { onClick: pressed, onDoubleClick: pressed };
}

function ExpandButton({ name, expand }: { name: string; expand: Expand }) {
  const t = useT();
  return (
    <IconButton small className="glass tile-expand" aria-pressed={expand.large} label={expand.large ? t('tile.shrink') : t('tile.enlarge', { name })} onClick={expand.toggle}>
      {expand.large ? <Minimize2 /> : <Maximize2 />}
    </IconButton>
  );
}

function useAttached<E extends HTMLMediaElement>(track: Attachable | null) {
  const ref = useRef<E>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null || track === null) return;
    track.attach(element);
    return () => void track.detach(element);
  }, [track]);
  return ref;
}

function Picture({ track, userId, mirrored, label }: { track: Attachable; userId: string; mirrored: boolean; label: string }) {
  const ref = useAttached<HTMLVideoElement>(track);
  return (
    <video
      ref={ref}
      className={mirrored ? 'mirrored' : undefined}
      data-testid="tile-video"
      data-user-id={userId}
      aria-label={label}
      autoPlay
      playsInline
      muted
      disablePictureInPicture
    />
  );
}

function SecondsLeft({ until, words }: { until: number | null; words: string }) {
  const t = useT();
  const now = useNow(1000, until !== null);
  const left = until === null ? null : Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <span className="vchip">
      <Spinner />
      {left === null ? t(words) : t(`${words}_left`, { seconds: left })}
    </span>
  );
}

function MicIcon({ person, speaking }: { person: Participant; speaking: boolean }) {
  const t = useT();
  if (!hears(person)) {
    return (
      <>
        <MicOff className="muted" aria-hidden="true" />
        <span className="sr">{t('tile.muted')}</span>
      </>
    );
  }
  if (speaking) {
    return (
      <span className="eq">
        <b /><b /><b />
        <span className="sr">{t('tile.speaking')}</span>
      </span>
    );
  }
  return <Mic aria-hidden="true" />;
}

function roleWord(person: Participant, me: boolean, t: ReturnType<typeof useT>): string | null {
  if (person.host_muted_audio) return t('tile.muted_by_host');
  if (person.role === 'owner') return me ? t('roles.you_host') : t('roles.owner');
  if (me) return t('roles.you');
  return person.role === 'cohost' ? t('roles.cohost') : null;
}

export const Tile = memo(function Tile({ person, media, mode, me, speaking, quality, unseen = false, pictured = false, menu, expand }: TileProps) {
  const t = useT();
  const camera = media?.camera ?? null;
  const frozen = person.presence === 'reconnecting';
  const held = person.presence === 'held';
  const role = roleWord(person, me, t);
  const lit = speaking && !frozen && hears(person);
  const classes = ['tile', 'gel', lit && 'speaking', frozen && 'frozen', held && 'held'].filter(Boolean).join(' ');
  return (
    <div role="group" aria-label={person.display_name} className={classes} style={gelStyle(person.user_id)} data-user-id={person.user_id} {...onPicture(expand)}>
      {camera !== null && !person.host_muted_video ? (
        <Picture track={camera} userId={person.user_id} mirrored={me && !pictured} label={t('tile.picture', { name: person.display_name })} />
      ) : (
        <div className="vid-off">
          <Avatar id={person.user_id} name={person.display_name} url={person.avatar_url} size="xl" />
        </div>
      )}
      <div className="corner start">
        {frozen && <SecondsLeft until={toMs(person.seat_until)} words="tile.reconnecting" />}
        {held && <SecondsLeft until={toMs(person.seat_until)} words="tile.coming_up" />}
      </div>
      <div className="corner">
        {media?.starved === true && <span className="vchip net weak">{t('tile.starved')}</span>}
        {unseen && !frozen && !held && (
          <span className="vchip" title={t('tile.sound_only_why')}>
            <Gauge aria-hidden="true" />
            {t('tile.sound_only')}
          </span>
        )}
        {quality !== 'good' && !frozen && (
          <span className={`vchip net ${quality}`} title={t(`tile.${quality}_why`)}>
            <Bars lit={quality === 'lost' ? 0 : 2} />
            {t(`tile.${quality}`)}
          </span>
        )}
        {person.hand_raised && (
          <span className="hand">
            <Hand aria-hidden="true" />
            <span className="sr">{t('tile.hand')}</span>
          </span>
        )}
        {pictured && (
          <span className="vchip">
            <SquareUser aria-hidden="true" />
            {t('tile.hidden')}
          </span>
        )}
        {!held && mode !== 'voice' && !person.may_show && <span className="vchip">{t('tile.voice_only')}</span>}
        {menu}
        {expand !== undefined && <ExpandButton name={person.display_name} expand={expand} />}
      </div>
      <div className="plate">
        <MicIcon person={person} speaking={lit} />
        {person.role === 'cohost' && <Crown aria-hidden="true" className="crown" />}
        <span className="nm" dir="auto">
          {person.display_name}
        </span>
        {role !== null && <span className="role">{role}</span>}
      </div>
    </div>
  );
});

export function ScreenTile({ track, person, expand }: { track: Attachable; person: Participant; expand?: Expand | undefined }) {
  const t = useT();
  const ref = useAttached<HTMLVideoElement>(track);
  const name = t('tile.screen_of', { name: person.display_name });
  return (
    <div role="group" aria-label={name} className="tile screen" {...onPicture(expand)}>
      <video ref={ref} data-testid="tile-screen" data-user-id={person.user_id} autoPlay playsInline muted />
      <div className="corner">{expand !== undefined && <ExpandButton name={name} expand={expand} />}</div>
      <div className="plate">
        <span className="nm" dir="auto">
          {name}
        </span>
      </div>
    </div>
  );
}

/** Sound of everybody else, in elements of its own, so that paging and layout never interrupt it. */
export function RoomSound({ people }: { people: Record<string, PersonMedia> }) {
  const voices = Object.entries(people).filter(([, media]) => !media.local && media.mic !== null);
  return (
    <div hidden>
      {voices.map(([userId, media]) => (
        <Voice key={userId} userId={userId} track={media.mic as Attachable} />
      ))}
    </div>
  );
}

function Voice({ userId, track }: { userId: string; track: Attachable }) {
  const ref = useAttached<HTMLAudioElement>(track);
  return <audio ref={ref} data-user-id={userId} autoPlay />;
}
