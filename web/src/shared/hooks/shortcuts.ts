// One key for one act; silent while somebody types, and can be turned off.
import { useEffect } from 'react';
import { useLatest } from '.';

const OFF_KEY = 'onstage.shortcuts_off';

export function shortcutsOff(): boolean {
  try {
    return localStorage.getItem(OFF_KEY) === '1';
  } catch {
    return false;
  }
}

export function setShortcutsOff(off: boolean): void {
  try {
    if (off) localStorage.setItem(OFF_KEY, '1');
    else localStorage.removeItem(OFF_KEY);
  } catch {
    // Without storage the choice cannot be kept.
  }
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

export function useShortcuts(keys: Record<string, () => void>): void {
  const latest = useLatest(keys);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
      if (typing(event.target) || shortcutsOff()) return;
      // An open dialog or menu has the keys to itself.
      if (document.querySelector('dialog[open], [role="menu"]') !== null) return;
      const run = latest.current[event.key.toLowerCase()];
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [latest]);
}
