// The signs of the six reactions, drawn by us so that they look the same on every system.
import type { ReactionKind } from '@/shared/api';
import { Flame, Frown, Heart, PartyPopper, Sparkles, ThumbsUp } from './icons';

const SIGNS: Record<ReactionKind, typeof Heart> = { heart: Heart, fire: Flame, clap: PartyPopper, wow: Sparkles, sad: Frown, thumbs_up: ThumbsUp };

export const REACTION_KINDS = Object.keys(SIGNS) as ReactionKind[];

export function Sign({ kind }: { kind: ReactionKind }) {
  const Icon = SIGNS[kind];
  return <Icon className={`sign ${kind}`} aria-hidden="true" />;
}
