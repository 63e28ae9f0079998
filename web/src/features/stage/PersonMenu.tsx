// What a manager may do with one person, in one menu on their tile.
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import type { Participant } from '@/shared/api';
import { useT } from '@/shared/i18n';
import { Confirm } from '@/shared/ui/confirm';
import { Crown, Ellipsis, LogOut, Mic, MicOff, UserRoundX, Video, VideoOff } from '@/shared/ui/icons';
import { useActions } from './actions';
import { useShowState } from './context';
import { hears, sees } from './model';

export function useMayActOn(person: Participant): { any: boolean; asOwner: boolean } {
  const me = useShowState((state) => state.show.me);
  const asOwner = me?.role === 'owner';
  const self = me?.userId === person.user_id;
  const any = me?.mayManage === true && !self && person.role !== 'owner' && (person.role !== 'cohost' || asOwner);
  return { any, asOwner };
}

export function RemoveQuestion({ person, open, close }: { person: Participant; open: boolean; close: () => void }) {
  const t = useT();
  const actions = useActions();
  if (!open) return null;
  const yes = () => void actions.kick(person.user_id, person.display_name, person.handle);
  return (
      <Confirm title={t('people.remove_title', { name: person.display_name })} yes={t('people.remove')} onYes={yes} onClose={close}>
        {t('people.remove_text')}
      </Confirm>
  );
}

export function PersonMenu({ person }: { person: Participant }) {
  const t = useT();
  const actions = useActions();
  const { any, asOwner } = useMayActOn(person);
  const [asking, setAsking] = useState(false);
  if (!any) return null;
  const { user_id: id, display_name: name } = person;
  const item = (label: string, icon: React.ReactNode, run: () => void, danger = false) => (
    <DropdownMenu.Item className={danger ? 'menu-item danger' : 'menu-item'} onSelect={run}>
      {icon}
      {label}
    </DropdownMenu.Item>
  );
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <button type="button" className="ib sm glass tile-menu" aria-label={t('people.menu', { name })}>
            <Ellipsis aria-hidden="true" />
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={6} data-theme="dark">
            {person.host_muted_audio
              ? item(t('people.unmute'), <Mic />, () => void actions.mute(id, 'audio', false))
              : item(t('people.mute'), <MicOff />, () => void actions.mute(id, 'audio', true))}
            {!hears(person) && !person.host_muted_audio && item(t('people.ask_unmute'), <Mic />, () => void actions.askUnmute(id, 'audio', name))}
            {person.host_muted_video
              ? item(t('people.camera_allow'), <Video />, () => void actions.mute(id, 'video', false))
              : item(t('people.camera_off'), <VideoOff />, () => void actions.mute(id, 'video', true))}
            {!sees(person) && !person.host_muted_video && item(t('people.ask_camera'), <Video />, () => void actions.askUnmute(id, 'video', name))}
            {asOwner &&
              (person.role === 'cohost'
                ? item(t('people.demote'), <Crown />, () => void actions.role(id, 'guest'))
                : item(t('people.promote'), <Crown />, () => void actions.role(id, 'cohost')))}
            {asOwner && item(t('people.to_audience'), <LogOut />, () => void actions.role(id, 'viewer'))}
            <DropdownMenu.Separator className="menu-line" />
            {item(t('people.remove'), <UserRoundX />, () => setAsking(true), true)}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <RemoveQuestion person={person} open={asking} close={() => setAsking(false)} />
    </>
  );
}
