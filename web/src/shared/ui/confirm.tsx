// One question before something that cannot be taken back.
import { AlertDialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { useT } from '@/shared/i18n';
import { Button } from '.';

interface ConfirmProps {
  open: boolean;
  title: string;
  children: ReactNode;
  yes: string;
  onYes: () => void;
  onClose: () => void;
}

export default function Confirm({ open, title, children, yes, onYes, onClose }: ConfirmProps) {
  const t = useT();
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="veil" />
        <AlertDialog.Content className="dialog" data-theme="dark">
          <AlertDialog.Title asChild>
            <h2>{title}</h2>
          </AlertDialog.Title>
          <AlertDialog.Description className="sub">{children}</AlertDialog.Description>
          <div className="dialog-acts">
            <AlertDialog.Cancel asChild>
              <Button>{t('common.cancel')}</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button kind="end" onClick={onYes}>
                {yes}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
