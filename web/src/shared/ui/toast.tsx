// Short notes at the foot of the screen, some with an undo.
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { useEffect } from 'react';
import { useT } from '@/shared/i18n';
import { Button, IconButton } from '.';
import { X } from './icons';

interface Toast {
  id: number;
  text: string;
  detail?: string | undefined;
  tone: 'plain' | 'bad' | 'ok';
  action?: { label: string; run: () => void } | undefined;
}

/** Notes shown at once; the oldest makes room. */
export const TOASTS_MAX = 3;
const TOAST_MS = 6_000;

const store = createStore<{ toasts: Toast[] }>(() => ({ toasts: [] }));
let nextId = 1;

export function toast(text: string, more: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  const note: Toast = { id: nextId++, text, tone: 'plain', ...more };
  store.setState(({ toasts }) => ({ toasts: [...toasts.filter((other) => other.text !== text), note].slice(-TOASTS_MAX) }));
}

/** Another screen: what was noted belongs to the last one. */
export function clearToasts(): void {
  store.setState({ toasts: [] });
}

function dismiss(id: number): void {
  store.setState(({ toasts }) => ({ toasts: toasts.filter((note) => note.id !== id) }));
}

function Note({ note }: { note: Toast }) {
  const t = useT();
  useEffect(() => {
    const timer = setTimeout(() => dismiss(note.id), note.action === undefined ? TOAST_MS : TOAST_MS * 2);
    return () => clearTimeout(timer);
  }, [note]);
  return (
    <div className={`toast ${note.tone}`} role={note.tone === 'bad' ? 'alert' : 'status'}>
      <div className="grow">
        <b>{note.text}</b>
        {note.detail !== undefined && <span>{note.detail}</span>}
      </div>
      {note.action !== undefined && (
        <Button
          small
          onClick={() => {
            note.action?.run();
            dismiss(note.id);
          }}
        >
          {note.action.label}
        </Button>
      )}
      <IconButton label={t('common.dismiss')} small bare onClick={() => dismiss(note.id)}>
        <X />
      </IconButton>
    </div>
  );
}

export function Toasts() {
  const toasts = useStore(store, (state) => state.toasts);
  return (
    <div className="toasts">
      {toasts.map((note) => (
        <Note key={note.id} note={note} />
      ))}
    </div>
  );
}
