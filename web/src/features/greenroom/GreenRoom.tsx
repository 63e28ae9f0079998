// Preview, devices and meter: what others will see and hear, before they do.
import { useEffect, useRef, type ReactNode } from 'react';
import { meter, videoSource, withVideo, type DeviceProblem, type MediaChoice } from '@/media';
import { useLatest } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Avatar, Banner, Button, gelStyle, IconButton, Spinner } from '@/shared/ui';
import { Mic, MicOff, SquareUser, TriangleAlert, Video, VideoOff } from '@/shared/ui/icons';
import { PicturePicker, PicturePreview } from './Picture';
import { problemOf, usePreview, type PreviewState } from './usePreview';
import './greenroom.css';

const BARS = 24;

/** Written straight into the elements: the level must not draw the page again. */
function Meter({ stream, on }: { stream: MediaStream | null; on: boolean }) {
  const t = useT();
  const bars = useRef<HTMLDivElement>(null);
  const note = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = bars.current;
    if (stream === null || element === null || !on) return;
    let heard = 0;
    const stop = meter(stream, (level) => {
      const lit = Math.round(level * BARS);
      [...element.children].forEach((bar, index) => {
        bar.className = index < lit ? (index >= BARS - 6 ? 'hi' : 'on') : '';
      });
      if (level > 0.25) heard = performance.now();
      if (note.current !== null) {
        const words = performance.now() - heard < 1500 && heard > 0 ? t('greenroom.heard') : t('greenroom.say_something');
        if (note.current.textContent !== words) note.current.textContent = words;
      }
    });
    return () => {
      stop();
      for (const bar of element.children) bar.className = '';
    };
  }, [stream, on, t]);
  return (
    <div className="meter-row">
      {on ? <Mic aria-hidden="true" /> : <MicOff aria-hidden="true" />}
      <div className="meter" ref={bars} aria-hidden="true">
        {Array.from({ length: BARS }, (_, index) => (
          <i key={index} />
        ))}
      </div>
      <span className="sub" ref={note}>
        {on ? t('greenroom.say_something') : t('greenroom.mic_is_off')}
      </span>
    </div>
  );
}

function Picture({ stream }: { stream: MediaStream }) {
  const t = useT();
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (ref.current !== null) ref.current.srcObject = stream;
  }, [stream]);
  return <video ref={ref} className="mirrored" autoPlay playsInline muted data-testid="preview" aria-label={t('greenroom.preview')} />;
}

function DevicePicker(props: {
  id: string;
  label: string;
  devices: MediaDeviceInfo[];
  chosen: string | null;
  pick: (id: string | null) => void;
  note?: string | null;
}) {
  const t = useT();
  return (
    <div className="field-group">
      <label htmlFor={props.id}>{props.label}</label>
      <select id={props.id} aria-describedby={props.note ? `${props.id}-note` : undefined} value={props.chosen ?? ''} disabled={props.devices.length === 0} onChange={(event) => props.pick(event.target.value || null)}>
        <option value="">{props.devices.length === 0 ? t('greenroom.none_found') : t('greenroom.default')}</option>
        {props.devices.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || t('greenroom.nth', { n: index + 1 })}
          </option>
        ))}
      </select>
      {props.note && (
        <p id={`${props.id}-note`} className="field-note">
          {props.note}
        </p>
      )}
    </div>
  );
}

function Problem({ problem, preview }: { problem: DeviceProblem; preview: PreviewState }) {
  const t = useT();
  const without = problem.device === 'camera' ? withVideo(preview.choice, null) : { microphone: false };
  return (
    <Banner
      tone="bad"
      role="alert"
      icon={problem.device === 'camera' ? <VideoOff /> : <TriangleAlert />}
      title={t(`devices.${problem.device}_${problem.failure}`)}
      action={
        <>
          <Button small onClick={preview.again}>
            {t('common.try_again')}
          </Button>
          <Button small kind="ghost" onClick={() => preview.change(without)}>
            {t(`greenroom.without_${problem.device}`)}
          </Button>
        </>
      }
    >
      {t(`devices.${problem.failure}_text`)}
    </Banner>
  );
}

/** What the camera really gives, in the words cameras are sold by: 720p, 30 fps. */
function useCameraFacts(stream: MediaStream | null): string | null {
  const t = useT();
  const settings = stream?.getVideoTracks()[0]?.getSettings?.();
  if (settings?.width === undefined || settings.height === undefined) return null;
  const lines = Math.min(settings.width, settings.height);
  return settings.frameRate === undefined ? t('greenroom.lines', { lines }) : t('greenroom.lines_fps', { lines, fps: Math.round(settings.frameRate) });
}

interface GreenRoomProps {
  person: { id: string; name: string; avatarUrl?: string | null | undefined };
  withCamera: boolean;
  onChange?: (choice: MediaChoice) => void;
  note?: ReactNode;
}

export function GreenRoom({ person, withCamera, onChange, note }: GreenRoomProps) {
  const t = useT();
  const preview = usePreview(withCamera);
  const { choice, stream, problems, devices } = preview;
  const latest = useLatest(onChange);
  useEffect(() => latest.current?.(choice), [choice, latest]);
  const source = withCamera ? videoSource(choice) : null;
  const hidden = source === 'picture';
  const cameraOn = source === 'camera' && problemOf(problems, 'camera') === undefined;
  const facts = useCameraFacts(cameraOn ? stream : null);
  const shows = cameraOn && (stream?.getVideoTracks().length ?? 0) > 0;
  return (
    <div className="greenroom">
      <div className="gr-preview gel" style={gelStyle(person.id)} data-theme="dark">
        {hidden ? (
          <PicturePreview person={person} label={t('picture.preview')} />
        ) : shows && stream !== null ? (
          <Picture stream={stream} />
        ) : (
          <div className="vid-off">{preview.opening && cameraOn ? <Spinner /> : <Avatar id={person.id} name={person.name} url={person.avatarUrl} size="xl" />}</div>
        )}
        <span className="vchip gr-private">{t('greenroom.private')}</span>
        <span className="plate">
          <span className="nm" dir="auto">
            {person.name}
          </span>
        </span>
        <div className="gr-toggles">
          <IconButton
            className="glass"
            label={choice.microphone ? t('controls.mic_off') : t('controls.mic_on')}
            state={choice.microphone ? undefined : 'off'}
            aria-pressed={choice.microphone}
            onClick={() => preview.change({ microphone: !choice.microphone })}
          >
            {choice.microphone ? <Mic /> : <MicOff />}
          </IconButton>
          {withCamera && (
            <>
              <IconButton
                className="glass"
                label={source === 'camera' ? t('controls.camera_off') : t('controls.camera_on')}
                state={source === 'camera' ? undefined : 'off'}
                aria-pressed={source === 'camera'}
                onClick={() => preview.change(withVideo(choice, source === 'camera' ? null : 'camera'))}
              >
                {source === 'camera' ? <Video /> : <VideoOff />}
              </IconButton>
              <IconButton
                className="glass"
                label={hidden ? t('controls.picture_off') : source === 'camera' ? t('controls.hide_camera') : t('controls.picture_on')}
                state={hidden ? 'on' : undefined}
                aria-pressed={hidden}
                onClick={() => preview.change(withVideo(choice, hidden ? null : 'picture'))}
              >
                <SquareUser />
              </IconButton>
            </>
          )}
        </div>
      </div>
      <Meter stream={stream} on={choice.microphone && problemOf(problems, 'microphone') === undefined} />
      {problems.map((problem) => (
        <Problem key={problem.device} problem={problem} preview={preview} />
      ))}
      <div className="gr-devices">
        {withCamera && (
          <DevicePicker id="gr-camera" label={t('greenroom.camera')} devices={devices.cameras} chosen={choice.cameraId} pick={(id) => preview.change({ ...withVideo(choice, 'camera'), cameraId: id })} note={facts} />
        )}
        <DevicePicker id="gr-mic" label={t('greenroom.microphone')} devices={devices.microphones} chosen={choice.microphoneId} pick={(id) => preview.change({ microphoneId: id, microphone: true })} />
      </div>
      {hidden && <PicturePicker person={person} />}
      {note}
    </div>
  );
}
