// How this person wants to see the show: pictures and layout; on a phone in one menu, with the link to pass on.
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { RECEIVING, type Receiving } from '@/media';
import type { Layout } from '@/shared/api';
import { useMedia } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { IconButton } from '@/shared/ui';
import { Check, Ellipsis, Gauge, LayoutGrid, Share, SpeakerView } from '@/shared/ui/icons';
import { useMediaState, useShow } from './context';
import { useShare } from './parts';

/** Upright or on its side, as in stage.css: too little room for every button. */
const PHONE = '(max-width: 639px), ((max-height: 519px) and (min-aspect-ratio: 4/3))';

export function usePhone(): boolean {
  return useMedia(PHONE);
}

/** What the line carries is known here only to the person: all pictures, small ones, or none. */
function ReceivingChoice({ title }: { title: string }) {
  const t = useT();
  const { client } = useShow();
  const receiving = useMediaState((state) => state.receiving);
  return (
    <DropdownMenu.RadioGroup aria-label={title} value={receiving} onValueChange={(word) => client.receive(word as Receiving)}>
      {RECEIVING.map((word) => (
        <DropdownMenu.RadioItem key={word} value={word} className="menu-item two-lines">
          <span className="grow">
            {t(`receiving.${word}`)}
            <small>{t(`receiving.${word}_hint`)}</small>
          </span>
          <DropdownMenu.ItemIndicator>
            <Check aria-hidden="true" />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

function useReceivingWords(): { title: string; state: 'on' | undefined } {
  const t = useT();
  const receiving = useMediaState((state) => state.receiving);
  return { title: t('receiving.title', { now: t(`receiving.${receiving}`) }), state: receiving === 'auto' ? undefined : 'on' };
}

export function ReceivingMenu() {
  const { title, state } = useReceivingWords();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton label={title} state={state}>
          <Gauge />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <ReceivingChoice title={title} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MoreMenuProps {
  layout: Layout;
  setLayout: (layout: Layout) => void;
  /** In the studio, which is dark whatever the page is. */
  dark?: boolean;
}

function LayoutItem({ layout, icon, words }: { layout: Layout; icon: ReactNode; words: string }) {
  return (
    <DropdownMenu.RadioItem value={layout} className="menu-item">
      {icon}
      <span className="grow">{words}</span>
      <DropdownMenu.ItemIndicator>
        <Check aria-hidden="true" />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.RadioItem>
  );
}

export function MoreMenu({ layout, setLayout, dark = false }: MoreMenuProps) {
  const t = useT();
  const { title, state } = useReceivingWords();
  const share = useShare();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton label={t('controls.more', { pictures: title })} state={state}>
          <Ellipsis />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu more-menu" align="end" sideOffset={6} collisionPadding={8} data-theme={dark ? 'dark' : undefined}>
          <DropdownMenu.Label className="menu-label">{title}</DropdownMenu.Label>
          <ReceivingChoice title={title} />
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Label className="menu-label">{t('controls.layout')}</DropdownMenu.Label>
          <DropdownMenu.RadioGroup aria-label={t('controls.layout')} value={layout} onValueChange={(word) => setLayout(word as Layout)}>
            <LayoutItem layout="grid" icon={<LayoutGrid aria-hidden="true" />} words={t('controls.grid')} />
            <LayoutItem layout="spotlight" icon={<SpeakerView aria-hidden="true" />} words={t('controls.speaker')} />
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item className="menu-item" onSelect={share}>
            <Share aria-hidden="true" />
            {t('invite.copy')}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
