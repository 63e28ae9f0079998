// Inviting somebody who watches, and sharing the show's address.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Participant } from '@/shared/api';
import { useT } from '@/shared/i18n';
import { Dialog } from '@/shared/ui/dialog';
import { Avatar, Banner, Button, Empty, Spinner } from '@/shared/ui';
import { Link2, TriangleAlert, Users } from '@/shared/ui/icons';
import { toast } from '@/shared/ui/toast';
import { useActions } from './actions';
import { showApi } from './api';
import { useShow, useShowState } from './context';
import { isStaged } from './model';

function Row({ person }: { person: Participant }) {
  const t = useT();
  const actions = useActions();
  const [busy, setBusy] = useState(false);
  const invited = useShowState((state) => state.show.invitations.some((item) => item.user_id === person.user_id));
  const invite = async () => {
    setBusy(true);
    await actions.invite(person.user_id);
    setBusy(false);
  };
  return (
    <li className="prow">
      <Avatar id={person.user_id} name={person.display_name} url={person.avatar_url} size="sm" />
      <span className="nm">
        <b dir="auto" className="wrap1">
          {person.display_name}
        </b>
        <span>{invited ? t('invite.waiting') : t('invite.watching')}</span>
      </span>
      <Button small kind="line" busy={busy} disabled={invited} aria-label={t('invite.name', { name: person.display_name })} onClick={() => void invite()}>
        {invited ? t('invite.sent') : t('invite.one')}
      </Button>
    </li>
  );
}

export async function copyAddress(id: string, done: string, failed: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(`${location.origin}/s/${id}`);
    toast(done, { tone: 'ok' });
  } catch {
    toast(failed, { detail: `${location.origin}/s/${id}` });
  }
}

export function Invite({ close }: { close: () => void }) {
  const t = useT();
  const { id } = useShow();
  const people = useQuery({ queryKey: ['people', id], queryFn: () => showApi.people(id), refetchInterval: 5_000 });
  const watching = (people.data?.items ?? []).filter((person) => !isStaged(person));
  return (
      <Dialog title={t('invite.title')} lead={t('invite.lead')} onClose={close}>
        <Button kind="line" wide onClick={() => void copyAddress(id, t('invite.copied'), t('invite.copy_failed'))}>
          <Link2 aria-hidden="true" />
          {t('invite.copy')}
        </Button>
        {people.isPending && <Spinner />}
        {people.isError && <Banner tone="bad" role="alert" icon={<TriangleAlert />} title={t('invite.error')} />}
        {people.isSuccess && watching.length === 0 && (
          <Empty icon={<Users aria-hidden="true" />} title={t('invite.nobody')}>
            {t('invite.nobody_text')}
          </Empty>
        )}
        <ul className="dialog-list">
          {watching.map((person) => (
            <Row key={person.user_id} person={person} />
          ))}
        </ul>
      </Dialog>
  );
}
