// The bar above every screen but the studio's own.
import { useEffect, useRef, useState } from 'react';
import { signOut, useAuth } from '@/features/accounts';
import { useOnline } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Link, navigate, usePlace } from '@/shared/router';
import { Avatar, Banner, Mark } from '@/shared/ui';
import { Shield, LogOut, Video, WifiOff } from '@/shared/ui/icons';
import type { Account } from '@/shared/api';

/** A disclosure with plain links: small, and the same by keyboard and touch. */
function AccountMenu({ account }: { account: Account }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = () => setOpen(false);
  return (
    <div
      className="account"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        close();
        button.current?.focus();
      }}
    >
      <button ref={button} type="button" className="account-button" aria-expanded={open} aria-controls="account-menu" aria-label={t('top.account', { name: account.display_name })} onClick={() => setOpen(!open)}>
        <Avatar id={account.id} name={account.display_name} url={account.avatar_url} size="md" />
      </button>
      {open && (
        <div id="account-menu" className="menu account-menu">
          <p className="account-who">
            <b dir="auto">{account.display_name}</b>
            <span className="dim">@{account.handle}</span>
          </p>
          {account.operator === true && (
            <Link to="/operator" className="menu-item" onClick={close}>
              <Shield aria-hidden="true" />
              {t('operator.title')}
            </Link>
          )}
          <button
            type="button"
            className="menu-item"
            onClick={() => {
              close();
              void signOut().then(() => navigate('/'));
            }}
          >
            <LogOut aria-hidden="true" />
            {t('top.sign_out')}
          </button>
        </div>
      )}
    </div>
  );
}

export function TopBar({ show }: { show: boolean }) {
  const t = useT();
  const auth = useAuth();
  const { path } = usePlace();
  const online = useOnline();
  const next = path.startsWith('/sign') ? '' : `?next=${encodeURIComponent(path)}`;
  return (
    <>
      <header className="topbar">
        <Link to="/" className="brand">
          <Mark />
          {t('app.name')}
        </Link>
        <span className="grow" />
        <nav aria-label={t('top.nav')} className="row">
          {path !== '/go-live' && !path.startsWith('/sign-') && (
            <Link to="/go-live" className="btn go">
              <Video aria-hidden="true" />
              {t('common.go_live')}
            </Link>
          )}
          {auth.state === 'signed_in' && <AccountMenu account={auth.account} />}
          {auth.state === 'signed_out' && (
            <Link to={`/sign-in${next}`} className="btn">
              {t('sign.in')}
            </Link>
          )}
        </nav>
      </header>
      {!online && !show && (
        <div className="banners page-banner">
          <Banner tone="bad" role="alert" icon={<WifiOff />} title={t('status.offline_title')}>
            {t('status.offline_text')}
          </Banner>
        </div>
      )}
    </>
  );
}
