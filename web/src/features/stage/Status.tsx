// The state of the connection, always on the page: one pill, and a banner when something is to be said.
import { useEffect, useState } from 'react';
import { useSocketStatus, events } from '@/realtime';
import type { DeviceProblem, MediaConnection } from '@/media';
import { bits, percent, toMs } from '@/shared/format';
import { useNow, useOnline } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Avatar, Banner, Button, Spinner } from '@/shared/ui';
import { Bars } from '@/shared/ui/bars';
import { TriangleAlert, VideoOff, Volume2, WifiOff } from '@/shared/ui/icons';
import { useMediaState, useShow, useShowState } from './context';

export type Health = 'good' | 'weak' | 'connecting' | 'reconnecting' | 'offline' | 'away' | 'blocked';

/** One word for three connections: the network, the socket, the media. */
export function healthOf(online: boolean, socket: string, attempt: number, media: MediaConnection, weak: boolean): Health {
  if (!online) return 'offline';
  if (socket === 'waiting' || (socket === 'connecting' && attempt > 1)) return attempt > 2 ? 'away' : 'reconnecting';
  if (media === 'blocked') return 'blocked';
  if (media === 'reconnecting') return 'reconnecting';
  if (socket !== 'open' || media === 'connecting') return 'connecting';
  return weak ? 'weak' : 'good';
}

export function useHealth(): Health {
  const online = useOnline();
  const socket = useSocketStatus();
  const connection = useMediaState((state) => state.connection);
  const weak = useMediaState((state) => Object.entries(state.people).some(([id, person]) => person.local && (state.quality[id] ?? 'good') !== 'good'));
  return healthOf(online, socket.state, socket.attempt, connection, weak);
}

/** What goes out, in numbers, for who wants to know why. */
function useUploadWords(): string | null {
  const t = useT();
  const upload = useMediaState((state) => state.upload);
  if (upload === null) return null;
  const rate = t('status.up', { rate: bits(upload.bitsPerSecond) });
  const loss = t('status.loss', { loss: percent(upload.loss, 1) });
  return [rate, loss, ...(upload.fps === null ? [] : [t('status.fps', { fps: upload.fps })])].join(' · ');
}

export function HealthPill() {
  const t = useT();
  const health = useHealth();
  const words = useUploadWords();
  const more = health === 'good' || health === 'weak' ? words : null;
  const icon = {
    good: <Bars lit={4} />,
    weak: <Bars lit={2} />,
    connecting: <Spinner />,
    reconnecting: <Spinner />,
    offline: <WifiOff aria-hidden="true" />,
    away: <WifiOff aria-hidden="true" />,
    blocked: <TriangleAlert aria-hidden="true" />,
  }[health];
  return (
    <span className={`health ${health}`} role="status" title={more ?? undefined} aria-label={t('status.label', { state: t(`status.${health}`) })}>
      {icon}
      <span aria-hidden="true">{t(`status.${health}`)}</span>
      {more !== null && (
        <span className="health-more" aria-hidden="true">
          {more}
        </span>
      )}
    </span>
  );
}

function retry(client: { retryNow: () => void }): void {
  events.retryNow();
  client.retryNow();
}

function Seconds({ until, words }: { until: number; words: string }) {
  const t = useT();
  const now = useNow(1000);
  return <>{t(words, { seconds: Math.max(0, Math.ceil((until - now) / 1000)) })}</>;
}

function ConnectionBanner() {
  const t = useT();
  const show = useShow();
  const health = useHealth();
  const socket = useSocketStatus();
  const again = (
    <Button small onClick={() => retry(show.client)}>
      {t('status.try_now')}
    </Button>
  );
  if (health === 'offline') {
    return (
      <Banner tone="bad" role="alert" icon={<WifiOff />} title={t('status.offline_title')} action={again}>
        {t('status.offline_text')}
      </Banner>
    );
  }
  if (health === 'away') {
    return (
      <Banner tone="bad" role="alert" icon={<WifiOff />} title={t('status.away_title')} action={again}>
        {socket.retryAt === null ? t('status.away_trying') : <Seconds until={socket.retryAt} words="status.away_text" />}
      </Banner>
    );
  }
  if (health === 'blocked') {
    return (
      <Banner
        tone="bad"
        role="alert"
        icon={<TriangleAlert />}
        title={t('status.blocked_title')}
        action={
          <>
            <a href="/doctor" className="btn plain sm" target="_blank" rel="noopener">
              {t('status.blocked_test')}
            </a>
            <Button small onClick={show.client.retryNow}>
              {t('common.try_again')}
            </Button>
          </>
        }
      >
        {t('status.blocked_text')}
      </Banner>
    );
  }
  if (health === 'reconnecting') {
    return (
      <Banner tone="warn" icon={<Spinner />} title={t('status.reconnecting_title')}>
        {t('status.reconnecting_text')}
      </Banner>
    );
  }
  return null;
}

/** A weak upload for this long is worth a word. */
const WEAK_FOR_MS = 5_000;

/** My own upload is weak: what others see, and what helps. */
function WeakBanner() {
  const t = useT();
  const show = useShow();
  const weak = useHealth() === 'weak';
  const camera = useMediaState((state) => state.camera);
  const [long, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (!weak || !camera) return;
    const timer = setTimeout(() => setLong(true), WEAK_FOR_MS);
    return () => clearTimeout(timer);
  }, [weak, camera]);
  if (!long) return null;
  return (
    <Banner
      tone="warn"
      icon={<Bars lit={2} />}
      title={t('status.weak_title')}
      action={
        <Button small onClick={() => void show.setMedia('video', false)}>
          {t('status.weak_do')}
        </Button>
      }
    >
      {t('status.weak_text')}
    </Banner>
  );
}

/** Says for a while that everything is back. */
function BackBanner() {
  const t = useT();
  const health = useHealth();
  const [was, setWas] = useState(false);
  const [back, setBack] = useState(false);
  const bad = health === 'reconnecting' || health === 'offline' || health === 'away' || health === 'blocked';
  useEffect(() => {
    if (bad) {
      setWas(true);
      setBack(false);
    } else if (was && health === 'good') {
      setWas(false);
      setBack(true);
    }
  }, [bad, was, health]);
  useEffect(() => {
    if (!back) return;
    const timer = setTimeout(() => setBack(false), 4_000);
    return () => clearTimeout(timer);
  }, [back]);
  return back ? <Banner tone="ok" icon={<Bars lit={4} />} title={t('status.back')} /> : null;
}

function HostLostBanner() {
  const t = useT();
  const session = useShowState((state) => state.show.session);
  const mine = useShowState((state) => state.show.me?.role === 'owner');
  const until = toMs(session?.host_grace_until);
  if (session === null || until === null || mine) return null;
  const { owner } = session;
  return (
    <Banner
      tone="plain"
      icon={<Avatar id={owner.user_id} name={owner.display_name} url={owner.avatar_url} />}
      title={t('status.host_lost_title', { name: owner.display_name })}
    >
      <Seconds until={until} words="status.host_lost_text" />
    </Banner>
  );
}

function SoundBanner() {
  const t = useT();
  const show = useShow();
  const canPlay = useMediaState((state) => state.canPlaySound);
  const connected = useMediaState((state) => state.connection === 'connected');
  if (canPlay || !connected) return null;
  return (
    <Banner
      tone="info"
      icon={<Volume2 />}
      title={t('status.sound_title')}
      action={
        <Button small kind="go" onClick={() => void show.client.playSound()}>
          {t('status.sound_do')}
        </Button>
      }
    />
  );
}

function PlaceBanner() {
  const t = useT();
  const show = useShow();
  const connection = useMediaState((state) => state.connection);
  if (connection === 'none') {
    return (
      <Banner tone="warn" icon={<VideoOff />} title={t('status.places_full_title')} action={<Button small onClick={show.client.retryNow}>{t('common.try_again')}</Button>}>
        {t('status.places_full_text')}
      </Banner>
    );
  }
  if (connection === 'elsewhere') {
    return (
      <Banner tone="warn" role="alert" icon={<TriangleAlert />} title={t('status.elsewhere_title')} action={<Button small onClick={show.client.retryNow}>{t('status.elsewhere_do')}</Button>}>
        {t('status.elsewhere_text')}
      </Banner>
    );
  }
  if (connection === 'removed' || connection === 'ended') {
    return (
      <Banner tone="warn" icon={<TriangleAlert />} title={t('status.media_closed_title')} action={<Button small onClick={show.client.retryNow}>{t('common.try_again')}</Button>}>
        {t('status.media_closed_text')}
      </Banner>
    );
  }
  return null;
}

export function deviceWords(problem: DeviceProblem): { title: string; text: string } {
  return { title: `devices.${problem.device}_${problem.failure}`, text: `devices.${problem.failure}_text` };
}

function DeviceBanner() {
  const t = useT();
  const show = useShow();
  const problem = useMediaState((state) => state.deviceProblem);
  if (problem === null) return null;
  const { title, text } = deviceWords(problem);
  const again = () => {
    if (problem.device === 'camera') void show.setMedia('video', true);
    else if (problem.device === 'microphone') void show.setMedia('audio', true);
    else show.client.dismissDeviceProblem();
  };
  return (
    <Banner
      tone="bad"
      role="alert"
      icon={<VideoOff />}
      title={t(title)}
      action={
        <>
          <Button small onClick={again}>
            {t('common.try_again')}
          </Button>
          <Button small kind="ghost" onClick={show.client.dismissDeviceProblem}>
            {t('common.dismiss')}
          </Button>
        </>
      }
    >
      {t(text)}
    </Banner>
  );
}

export function Banners() {
  return (
    <div className="banners">
      <ConnectionBanner />
      <BackBanner />
      <WeakBanner />
      <HostLostBanner />
      <PlaceBanner />
      <SoundBanner />
      <DeviceBanner />
    </div>
  );
}
