// The browser's own modal dialog: it keeps focus, gives it back, and needs no style of its own injected.
import { useEffect, useRef, type MouseEvent, type ReactNode } from 'react';

interface ModalProps {
  role?: 'alertdialog';
  labelledBy: string;
  describedBy?: string | undefined;
  /** A click beside it closes it; a question wants an answer instead. */
  light?: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function Modal({ role, labelledBy, describedBy, light = false, onClose, children }: ModalProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null || dialog.open) return;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => dialog.close();
  }, []);
  const beside = (event: MouseEvent) => {
    if (light && event.target === ref.current) onClose();
  };
  return (
    <dialog
      ref={ref}
      className="dialog"
      data-theme="dark"
      role={role}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={beside}
    >
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
