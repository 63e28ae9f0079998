// A dialog with a title and a way out.
import { useId, type ReactNode } from 'react';
import { useT } from '@/shared/i18n';
import { IconButton } from '.';
import { X } from './icons';
import { Modal } from './modal';

interface DialogProps {
  title: string;
  lead?: string;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, lead, onClose, children }: DialogProps) {
  const t = useT();
  const id = useId();
  return (
    <Modal labelledBy={`${id}-title`} describedBy={lead === undefined ? undefined : `${id}-lead`} light onClose={onClose}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        <IconButton label={t('common.close')} small bare onClick={onClose}>
          <X />
        </IconButton>
      </header>
      {lead !== undefined && (
        <p id={`${id}-lead`} className="sub">
          {lead}
        </p>
      )}
      {children}
    </Modal>
  );
}
