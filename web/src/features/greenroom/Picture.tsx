// The picture in the camera's place: seen as others will see it, chosen, taken away.
import { useEffect, useRef, useState, useSyncExternalStore, type ChangeEvent } from 'react';
import { loadPicture, paint, PICTURE_FILE_BYTES_MAX, PICTURE_HEIGHT, PICTURE_TYPES, PICTURE_WIDTH, PictureError, pictures, readPicture } from '@/media';
import { gelOf, initials } from '@/shared/format';
import { useT } from '@/shared/i18n';
import { Button } from '@/shared/ui';
import { ImagePlus } from '@/shared/ui/icons';

interface Person {
  id: string;
  name: string;
}

export function usePicture(userId: string): string | null {
  return useSyncExternalStore(pictures.subscribe, () => pictures.get(userId));
}

/** Painted by the same hand as the track that goes out. */
export function PicturePreview({ person, label }: { person: Person; label?: string }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const url = usePicture(person.id);
  const { id, name } = person;
  useEffect(() => {
    let gone = false;
    void loadPicture(url).then((image) => {
      if (!gone && ref.current !== null) paint(ref.current, image, { userId: id, hue: gelOf(id), initials: initials(name) });
    });
    return () => {
      gone = true;
    };
  }, [url, id, name]);
  return (
    <canvas
      ref={ref}
      width={PICTURE_WIDTH}
      height={PICTURE_HEIGHT}
      data-testid="picture-preview"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    />
  );
}

const MEGABYTE = 1024 * 1024;

export function PicturePicker({ person }: { person: Person }) {
  const t = useT();
  const url = usePicture(person.id);
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const max = PICTURE_FILE_BYTES_MAX / MEGABYTE;
  const chosen = async (event: ChangeEvent<HTMLInputElement>) => {
    const field = event.currentTarget;
    const file = field.files?.[0];
    if (file === undefined) return;
    setBusy(true);
    try {
      pictures.set(person.id, await readPicture(file));
      setError(null);
    } catch (problem) {
      setError(t(`picture.bad_${problem instanceof PictureError ? problem.failure : 'unreadable'}`, { max }));
    }
    field.value = '';
    setBusy(false);
  };
  return (
    <div className="picker" role="group" aria-labelledby="picker-title">
      <div className="picker-look" data-theme="dark">
        <PicturePreview person={person} />
      </div>
      <div className="grow">
        <b id="picker-title">{t('picture.title')}</b>
        <p className="field-note" id="picker-note">
          {url === null ? t('picture.none') : t('picture.lead')} {t('picture.limit', { max })}
        </p>
        <div className="picker-do">
          <Button small busy={busy} aria-describedby="picker-note" onClick={() => input.current?.click()}>
            <ImagePlus aria-hidden="true" />
            {url === null ? t('picture.choose') : t('picture.other')}
          </Button>
          {url !== null && (
            <Button
              small
              kind="ghost"
              onClick={() => {
                pictures.set(person.id, null);
                setError(null);
              }}
            >
              {t('picture.remove')}
            </Button>
          )}
        </div>
        <input ref={input} type="file" hidden accept={PICTURE_TYPES.join(',')} aria-label={t('picture.choose')} data-testid="picture-file" onChange={(event) => void chosen(event)} />
        {error !== null && (
          <p className="picker-error" role="alert">
            {error}
          </p>
        )}
      </div>
    </div>
  );
}
