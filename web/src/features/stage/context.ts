// The show of this page, for the parts of the screen.
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { MediaState } from '@/media';
import type { Held, Show } from './show';

export const ShowContext = createContext<Show | null>(null);

export function useShow(): Show {
  const show = useContext(ShowContext);
  if (show === null) throw new Error('outside of a show');
  return show;
}

export function useShowState<T>(select: (held: Held) => T): T {
  return useStore(useShow().store, select);
}

export function useMediaState<T>(select: (media: MediaState) => T): T {
  return useStore(useShow().client.store, select);
}
