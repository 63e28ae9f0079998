// A dialog that holds focus and gives it back.
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useT } from '@/shared/i18n';
import { IconButton } from '.';
import { X } from './icons';

interface DialogProps {
  open: boolean;
  title: string;
  lead?: string;
  onClose: () => void;
  children: ReactNode;
}

export default function Dialog({ open, title, lead, onClose, children }: DialogProps) {
  const t = useT();
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="veil" />
        <Radix.Content className="dialog" data-theme="dark" {...(lead === undefined ? { 'aria-describedby': undefined } : {})}>
          <header>
            <Radix.Title asChild>
              <h2>{title}</h2>
            </Radix.Title>
            <Radix.Close asChild>
              <IconButton label={t('common.close')} small bare>
                <X />
              </IconButton>
            </Radix.Close>
          </header>
          {lead !== undefined && <Radix.Description className="sub">{lead}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
