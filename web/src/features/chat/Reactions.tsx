// Sending reactions, and the few that are drawn; the rest is a number.
import { useEffect, useRef, useState } from 'react';
import type { ReactionKind } from '@/shared/api';
import { count } from '@/shared/format';
import { useLatest, useMedia } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { IconButton } from '@/shared/ui';
import { Flame, Frown, Heart, PartyPopper, Sparkles, ThumbsUp } from '@/shared/ui/icons';
import type { ChatState } from './model';

/** Drawn by us, so that they look the same on every system. */
const SIGNS: Record<ReactionKind, typeof Heart> = { heart: Heart, fire: Flame, clap: PartyPopper, wow: Sparkles, sad: Frown, thumbs_up: ThumbsUp };
const KINDS = Object.keys(SIGNS) as ReactionKind[];

function Sign({ kind }: { kind: ReactionKind }) {
  const Icon = SIGNS[kind];
  return <Icon className={`sign ${kind}`} aria-hidden="true" />;
}

/** Taps are gathered this long and sent as one count. */
const GATHER_MS = 400;
export const REACTIONS_SENT_MAX = 20;
/** Drawn at once; more are only counted. */
export const REACTIONS_DRAWN_MAX = 12;
const DRAWN_MS = 2_200;

export function Reactions({ send, disabled }: { send: (kind: ReactionKind, count: number) => void; disabled?: boolean }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const gathered = useRef<Partial<Record<ReactionKind, number>>>({});
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useLatest(send);
  const tap = (kind: ReactionKind) => {
    gathered.current[kind] = Math.min((gathered.current[kind] ?? 0) + 1, REACTIONS_SENT_MAX);
    timer.current ??= setTimeout(() => {
      timer.current = null;
      for (const [word, taps] of Object.entries(gathered.current)) latest.current(word as ReactionKind, taps);
      gathered.current = {};
    }, GATHER_MS);
  };
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
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
        if (event.key === 'Escape') setOpen(false);
      }}
    >
      <IconButton label={t('reactions.open')} aria-expanded={open} disabled={disabled} hint="R" data-shortcut="react" onClick={() => setOpen(!open)}>
        <Heart />
      </IconButton>
      {open && (
        <div className="reactions-tray" role="group" aria-label={t('reactions.title')}>
          {KINDS.map((kind) => (
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
}

/** A lane at the inline end of the stage; never over a face. */
export function ReactionLane({ chat }: { chat: ChatState }) {
  const t = useT();
  const [drawn, setDrawn] = useState<Drawn[]>([]);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const nextKey = useRef(0);
  const { last } = chat;
  useEffect(() => {
    if (last === null || still) return;
    const fresh = Array.from({ length: Math.min(last.count, 4) }, (): Drawn => {
      const key = nextKey.current++;
      return { key, kind: last.kind, lane: key % 4 };
    });
    setDrawn((old) => [...old, ...fresh].slice(-REACTIONS_DRAWN_MAX));
    const keys = new Set(fresh.map((one) => one.key));
    const timer = setTimeout(() => setDrawn((old) => old.filter((one) => !keys.has(one.key))), DRAWN_MS);
    return () => clearTimeout(timer);
  }, [last, still]);
  return (
    <>
      <div className="hearts" aria-hidden="true">
        {drawn.map((one) => (
          <span key={one.key} className={`heart lane-${one.lane}`}>
            <Sign kind={one.kind} />
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
