// The stage: everybody with a seat, as a grid of equal tiles or one large and a strip.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Layout, Participant } from '@/shared/api';
import type { Attachable, PersonMedia } from '@/media';
import { useMedia, useSize } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { useMediaState, useShowState } from './context';
import { pagedGrid, speakerOf, TILES_ON_DESKTOP, TILES_ON_PHONE, type Rect } from './layout';
import { isUnseen, stagedInOrder } from './model';
import { qualityOf } from './quality';
import { RoomSound, ScreenTile, Tile, type Expand } from './Tile';

interface Piece {
  key: string;
  person: Participant;
  screen: Attachable | null;
}

function piecesOf(staged: Participant[], media: Record<string, PersonMedia>): Piece[] {
  const faces = staged.map((person): Piece => ({ key: person.user_id, person, screen: null }));
  const screens = staged.flatMap((person): Piece[] => {
    const screen = media[person.user_id]?.screen ?? null;
    return screen === null ? [] : [{ key: `${person.user_id}-screen`, person, screen }];
  });
  return [...screens, ...faces];
}

/** Nobody's picture but my own: what is not shown is not sent. */
function heardOnly(people: Record<string, PersonMedia>): Record<string, PersonMedia> {
  const entries = Object.entries(people);
  return Object.fromEntries(entries.map(([id, person]) => [id, person.local ? person : { ...person, camera: null, screen: null, starved: false }]));
}

/** The one who speaks comes first; nobody moves while the same person goes on. */
function largeFirst(pieces: Piece[], large: string | null, chosen: string | null): Piece[] {
  const first = pieces.find((piece) => piece.key === chosen) ?? pieces.find((piece) => piece.screen !== null) ?? pieces.find((piece) => piece.key === large) ?? pieces[0];
  return first === undefined ? pieces : [first, ...pieces.filter((piece) => piece !== first)];
}

/** Arrow keys move between tiles that can be focused. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLElement)) return;
  const kind = event.target.classList.contains('tile-menu') ? '.tile-menu' : '.tile-expand';
  const menus = [...event.currentTarget.querySelectorAll<HTMLElement>(kind)];
  const at = menus.indexOf(event.target);
  if (at < 0) return;
  event.preventDefault();
  menus[(at + step + menus.length) % menus.length]?.focus();
}

/** The tile somebody made large for themselves; forgotten when it is gone. */
function useChosen(pieces: Piece[]): [string | null, (key: string) => void] {
  const [chosen, setChosen] = useState<string | null>(null);
  const there = chosen !== null && pieces.some((piece) => piece.key === chosen);
  useEffect(() => {
    if (!there) setChosen(null);
  }, [there]);
  return [there ? chosen : null, (key) => setChosen((old) => (old === key ? null : key))];
}

interface StageViewProps {
  layout: Layout;
  menuFor?: ((person: Participant) => ReactNode) | undefined;
  children?: ReactNode;
}

export function StageView({ layout, menuFor, children }: StageViewProps) {
  const t = useT();
  const [ref, size] = useSize<HTMLDivElement>();
  const phone = useMedia('(max-width: 639px)');
  const people = useShowState((state) => state.show.people);
  const mode = useShowState((state) => state.show.session?.mode ?? 'camera');
  const mine = useShowState((state) => state.show.me?.userId ?? null);
  const scores = useShowState((state) => state.show.quality);
  const received = useMediaState((state) => state.people);
  const receiving = useMediaState((state) => state.receiving);
  const speaking = useMediaState((state) => state.speaking);
  const lastSpeaker = useMediaState((state) => state.lastSpeaker);
  const qualities = useMediaState((state) => state.quality);
  const pictured = useMediaState((state) => state.picture);
  const gap = phone ? 2 : 6;

  const staged = useMemo(() => stagedInOrder(people), [people]);
  const media = useMemo(() => (receiving === 'sound' ? heardOnly(received) : received), [receiving, received]);
  const pieces = useMemo(() => piecesOf(staged, media), [staged, media]);
  const [chosen, choose] = useChosen(pieces);
  // Who was there first comes in with the page; who comes later is seen to come.
  const first = useRef<Set<string>>(null);
  if (first.current === null && pieces.length > 0) first.current = new Set(pieces.map((piece) => piece.key));
  // A shared screen is there to be read: it gets the large place by itself.
  const one = chosen !== null || layout === 'spotlight' || pieces.some((piece) => piece.screen !== null);
  const shown = one ? largeFirst(pieces, lastSpeaker, chosen) : pieces;
  const rects: Rect[] = useMemo(() => {
    if (one) return speakerOf(shown.length, size, gap);
    return pagedGrid(shown.length, size, gap, phone ? TILES_ON_PHONE : TILES_ON_DESKTOP).tiles;
  }, [one, shown.length, size, gap, phone]);
  const height = Math.max(size.height, ...rects.map((rect) => rect.y + rect.height));
  // Order in the document stays by seat, whatever is large: focus and screen readers do not jump.
  const place = new Map(shown.map((piece, index) => [piece.key, rects[index]]));
  const expandOf = (key: string): Expand | undefined => (pieces.length < 2 ? undefined : { large: key === chosen, toggle: () => choose(key) });
  const box = useRef<HTMLDivElement>(null);
  const mirrored = document.documentElement.dir === 'rtl';

  return (
    <section className="stage" aria-label={t('stage.label', { count: staged.length })} data-theme="dark" id="stage" tabIndex={-1}>
      <div className="stagebox" ref={ref}>
        <div className="stage-all" ref={box} style={{ height }} onKeyDown={(event) => {
            if (event.key === 'Escape' && chosen !== null && event.currentTarget.contains(event.target as Node)) choose(chosen);
            else moveFocus(event);
          }}
        >
          {pieces.map((piece) => {
            const rect = place.get(piece.key);
            const x = rect === undefined || !mirrored ? rect?.x : size.width - rect.x - rect.width;
            const style = rect === undefined ? { display: 'none' } : { width: rect.width, height: rect.height, transform: `translate(${x ?? 0}px, ${rect.y}px)` };
            return (
              <div key={piece.key} className={first.current?.has(piece.key) === true ? 'stage-place' : 'stage-place fresh'} style={style}>
                {piece.screen !== null ? (
                  <ScreenTile track={piece.screen} person={piece.person} expand={expandOf(piece.key)} />
                ) : (
                  <Tile
                    person={piece.person}
                    media={media[piece.person.user_id]}
                    mode={mode}
                    me={piece.person.user_id === mine}
                    speaking={speaking.has(piece.person.user_id)}
                    quality={qualityOf(qualities[piece.person.user_id], scores[piece.person.user_id])}
                    unseen={isUnseen(piece.person, receiving, mode, piece.person.user_id === mine)}
                    pictured={pictured && piece.person.user_id === mine}
                    expand={expandOf(piece.key)}
                    menu={menuFor?.(piece.person)}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {staged.length === 0 && <p className="stage-empty">{t('stage.nobody')}</p>}
      <RoomSound people={media} />
      {children}
    </section>
  );
}
