// The history of the page as a store, links that keep the page, and a match for each route.
// A general router weighs more than the whole shell may; eight routes need this much.
import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from 'react';

export { matchPath, safeNext, type Params } from './match';

export interface Place {
  path: string;
  search: string;
}

const listeners = new Set<() => void>();
let place = readPlace();

function readPlace(): Place {
  return { path: location.pathname, search: location.search };
}

function changed(): void {
  place = readPlace();
  for (const listener of listeners) listener();
}

window.addEventListener('popstate', changed);

export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => place,
  );
}

/** Query keys that stay when the person moves on: the language asked for. */
const KEPT = ['lang'];

function withKept(to: string): string {
  const url = new URL(to, location.origin);
  const now = new URLSearchParams(location.search);
  for (const key of KEPT) {
    const value = now.get(key);
    if (value !== null && !url.searchParams.has(key)) url.searchParams.set(key, value);
  }
  return url.pathname + url.search + url.hash;
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const target = withKept(to);
  if (options.replace) history.replaceState(null, '', target);
  else history.pushState(null, '', target);
  changed();
  if (!options.replace) window.scrollTo(0, 0);
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

/** A real link that moves without loading the page again; new-tab clicks stay the browser's. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  usePlace();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !plain) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={withKept(to)} onClick={follow} {...rest} />;
}
