// Sending reactions, and the few that are drawn; the rest is a number.
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { ReactionKind } from '@/shared/api';
import { count } from '@/shared/format';
import { useLatest, useMedia } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { IconButton } from '@/shared/ui';
import { Heart } from '@/shared/ui/icons';
import { REACTION_KINDS, Sign } from '@/shared/ui/sign';
import type { Burst, ChatState } from './model';

/** Taps are gathered this long and sent as one count. */
const GATHER_MS = 400;
export const REACTIONS_SENT_MAX = 20;
/** Drawn at once; more are only counted. */
export const REACTIONS_DRAWN_MAX = 12;
const DRAWN_MS = 2_700;

interface ReactionsProps {
  send: (kind: ReactionKind, count: number) => void;
  /** Each single tap, for the page to draw at once. */
  tapped: (kind: ReactionKind) => void;
  disabled?: boolean;
}

/** Arrow keys walk along the tray, as in every toolbar. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const back = forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
  const step = event.key === forward ? 1 : event.key === back ? -1 : 0;
  if (step === 0) return;
  const all = [...event.currentTarget.querySelectorAll('button')];
  const at = all.findIndex((one) => one === document.activeElement);
  event.preventDefault();
  all[(at + step + all.length) % all.length]?.focus();
}

export function Reactions({ send, tapped, disabled }: ReactionsProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const gathered = useRef<Partial<Record<ReactionKind, number>>>({});
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useLatest(send);
  const tap = (kind: ReactionKind) => {
    if ((gathered.current[kind] ?? 0) >= REACTIONS_SENT_MAX) return;
    gathered.current[kind] = (gathered.current[kind] ?? 0) + 1;
    tapped(kind);
    timer.current ??= setTimeout(() => {
      timer.current = null;
      for (const [word, taps] of Object.entries(gathered.current)) latest.current(word as ReactionKind, taps);
      gathered.current = {};
    }, GATHER_MS);
  };
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const tray = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    tray.current?.querySelector('button')?.focus();
    const outside = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  return (
    <div
      ref={box}
      className="reactions"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        setOpen(false);
        opener.current?.focus();
      }}
    >
      <IconButton ref={opener} label={t('reactions.open')} aria-expanded={open} disabled={disabled} hint="R" data-shortcut="react" onClick={() => setOpen(!open)}>
        <Heart />
      </IconButton>
      {open && (
        <div ref={tray} className="reactions-tray" role="group" aria-label={t('reactions.title')} onKeyDown={walk}>
          {REACTION_KINDS.map((kind) => (
            <button key={kind} type="button" aria-label={t(`reactions.${kind}`)} title={t(`reactions.${kind}`)} onClick={() => tap(kind)}>
              <Sign kind={kind} />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

interface Drawn {
  key: number;
  kind: ReactionKind;
  lane: number;
  /** How many more this one stands for. */
  more: number;
}

/** A batch is drawn as so many signs at most; the last one says how many more there were. */
const DRAWN_OF_A_BURST_MAX = 4;
/** Signs of one batch leave one after the other. */
const LANES = 4;

export function drawnOf(burst: Burst, from: number): Drawn[] {
  const signs = Math.min(burst.count, DRAWN_OF_A_BURST_MAX);
  return Array.from({ length: signs }, (_, index) => {
    const key = from + index;
    return { key, kind: burst.kind, lane: key % LANES, more: index === signs - 1 ? burst.count - signs : 0 };
  });
}

/** A lane at the inline end of the stage; never over a face. */
export function ReactionLane({ chat }: { chat: ChatState }) {
  const t = useT();
  const [drawn, setDrawn] = useState<Drawn[]>([]);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const nextKey = useRef(0);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  const { burst } = chat;
  const seen = useRef(burst[burst.length - 1]?.id ?? 0);
  useEffect(() => {
    const fresh = burst.filter((one) => one.id > seen.current).flatMap((one) => {
      const signs = drawnOf(one, nextKey.current);
      nextKey.current += signs.length;
      return signs;
    });
    seen.current = burst[burst.length - 1]?.id ?? seen.current;
    if (fresh.length === 0 || still) return;
    setDrawn((old) => [...old, ...fresh].slice(-REACTIONS_DRAWN_MAX));
    const keys = new Set(fresh.map((one) => one.key));
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      setDrawn((old) => old.filter((one) => !keys.has(one.key)));
    }, DRAWN_MS);
    timers.current.add(timer);
  }, [burst, still]);
  useEffect(() => () => timers.current.forEach(clearTimeout), []);
  return (
    <>
      <div className="hearts" aria-hidden="true">
        {drawn.map((one) => (
          <span key={one.key} className={`rising lane-${one.lane}`}>
            <Sign kind={one.kind} />
            {one.more > 0 && <b>+{count(one.more)}</b>}
          </span>
        ))}
      </div>
      {chat.reactions > 0 && (
        <span className="hcount" title={t('reactions.count')}>
          <Heart aria-hidden="true" />
          <span className="sr">{t('reactions.count')} </span>
          {count(chat.reactions)}
        </span>
      )}
    </>
  );
}
