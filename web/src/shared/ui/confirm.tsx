// One question before something that cannot be taken back.
import { useId, type ReactNode } from 'react';
import { useT } from '@/shared/i18n';
import { Button } from '.';
import { Modal } from './modal';

interface ConfirmProps {
  title: string;
  children: ReactNode;
  yes: string;
  onYes: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, yes, onYes, onClose }: ConfirmProps) {
  const t = useT();
  const id = useId();
  const answer = () => {
    onClose();
    onYes();
  };
  return (
    <Modal role="alertdialog" labelledBy={`${id}-title`} describedBy={`${id}-text`} onClose={onClose}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p id={`${id}-text`} className="sub">
        {children}
      </p>
      <div className="dialog-acts">
        <Button onClick={onClose} data-autofocus="">
          {t('common.cancel')}
        </Button>
        <Button kind="end" onClick={answer}>
          {yes}
        </Button>
      </div>
    </Modal>
  );
}
