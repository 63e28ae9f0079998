// The preview stream: opened for what is chosen, closed when the screen goes.
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  keepChoice,
  listDevices,
  openPreview,
  readChoice,
  stopStream,
  videoSource,
  type Device,
  type DeviceList,
  type DeviceProblem,
  type MediaChoice,
} from '@/media';

export interface PreviewState {
  choice: MediaChoice;
  stream: MediaStream | null;
  problems: DeviceProblem[];
  devices: DeviceList;
  opening: boolean;
  change: (part: Partial<MediaChoice>) => void;
  again: () => void;
}

export function usePreview(withCamera: boolean): PreviewState {
  const [choice, setChoice] = useState(readChoice);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problems, setProblems] = useState<DeviceProblem[]>([]);
  const [devices, setDevices] = useState<DeviceList>({ cameras: [], microphones: [] });
  const [opening, setOpening] = useState(true);
  const [round, setRound] = useState(0);
  const live = useRef<MediaStream | null>(null);
  const { microphone, cameraId, microphoneId } = choice;
  const camera = videoSource(choice) === 'camera';

  useEffect(() => {
    let gone = false;
    setOpening(true);
    void openPreview({
      camera: withCamera && camera && (cameraId ?? true),
      microphone: microphone && (microphoneId ?? true),
    }).then(async (preview) => {
      if (gone) return stopStream(preview.stream);
      live.current = preview.stream;
      setStream(preview.stream);
      setProblems(preview.problems);
      setOpening(false);
      const list = await listDevices();
      if (!gone) setDevices(list);
    });
    return () => {
      gone = true;
      stopStream(live.current);
      live.current = null;
    };
  }, [withCamera, camera, microphone, cameraId, microphoneId, round]);

  useEffect(() => {
    const changed = () => void listDevices().then(setDevices);
    navigator.mediaDevices?.addEventListener('devicechange', changed);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', changed);
  }, []);

  const change = useCallback((part: Partial<MediaChoice>) => {
    setChoice((old) => {
      const next = { ...old, ...part };
      keepChoice(next);
      return next;
    });
  }, []);

  return { choice, stream, problems, devices, opening, change, again: () => setRound(round + 1) };
}

export function problemOf(problems: DeviceProblem[], device: Device): DeviceProblem | undefined {
  return problems.find((problem) => problem.device === device);
}
