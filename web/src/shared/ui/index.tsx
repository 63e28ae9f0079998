// The parts every screen is made of.
import type { ButtonHTMLAttributes, CSSProperties, ReactNode, Ref } from 'react';
import { gelOf, initials } from '@/shared/format';
import { useSlow } from '@/shared/hooks';
import './ui.css';

type Kind = 'plain' | 'go' | 'line' | 'end' | 'ghost' | 'danger';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  small?: boolean;
  wide?: boolean;
  busy?: boolean;
}

export function Button({ kind = 'plain', small, wide, busy, className, children, disabled, ...rest }: ButtonProps) {
  const classes = ['btn', kind, small && 'sm', wide && 'wide', className].filter(Boolean).join(' ');
  return (
    <button type="button" className={classes} disabled={disabled === true || busy === true} aria-busy={busy || undefined} {...rest}>
      {busy && <Spinner />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  ref?: Ref<HTMLButtonElement>;
  small?: boolean;
  bare?: boolean;
  state?: 'on' | 'off' | undefined;
  hint?: string | undefined;
}

/** A round button with an icon; its name is also its tooltip. */
export function IconButton({ label, small, bare, state, hint, className, ...rest }: IconButtonProps) {
  const classes = ['ib', small && 'sm', bare && 'bare', state === 'on' && 'is-on', state === 'off' && 'is-off', className];
  return (
    <button
      type="button"
      aria-label={label}
      title={hint === undefined ? label : `${label} (${hint})`}
      className={classes.filter(Boolean).join(' ')}
      {...rest}
    />
  );
}

export function Spinner() {
  return <span className="spin" aria-hidden="true" />;
}

export function gelStyle(id: string): CSSProperties {
  return { '--g': gelOf(id) } as CSSProperties;
}

interface AvatarProps {
  id: string;
  name: string;
  url?: string | null | undefined;
  size?: 'xs' | 'sm' | 'md' | 'lg' | 'xl';
  live?: boolean;
}

export function Avatar({ id, name, url, size, live }: AvatarProps) {
  const classes = ['av', 'gel', size, live && 'ring'].filter(Boolean).join(' ');
  return (
    <span className={classes} style={gelStyle(id)} aria-hidden="true">
      {url ? <img src={url} alt="" loading="lazy" referrerPolicy="no-referrer" /> : <span>{initials(name)}</span>}
    </span>
  );
}

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="12.5" r="8.3" fill="none" stroke="currentColor" strokeWidth="4.6" />
      <ellipse cx="16" cy="27.5" rx="12" ry="2.8" className="pool" />
    </svg>
  );
}

interface BannerProps {
  tone: 'warn' | 'bad' | 'ok' | 'plain' | 'info';
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  role?: 'alert' | 'status';
}

/** Says what happened, what it means, and offers what to do. */
export function Banner({ tone, icon, title, children, action, role = 'status' }: BannerProps) {
  return (
    <div className={`bnr ${tone}`} role={role}>
      {icon !== undefined && <span className="bnr-icon">{icon}</span>}
      <div className="grow">
        <b>{title}</b>
        {children !== undefined && <span>{children}</span>}
      </div>
      {action !== undefined && <div className="bnr-acts">{action}</div>}
    </div>
  );
}

interface FieldProps {
  id: string;
  label: string;
  error?: string | undefined;
  hint?: string | undefined;
  children: (attributes: { id: string; 'aria-invalid': boolean | undefined; 'aria-describedby': string | undefined }) => ReactNode;
}

/** A labelled input with its hint and error tied to it. */
export function Field({ id, label, error, hint, children }: FieldProps) {
  const note = error ?? hint;
  return (
    <div className={error === undefined ? 'field-group' : 'field-group err'}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': error === undefined ? undefined : true, 'aria-describedby': note === undefined ? undefined : `${id}-note` })}
      {note !== undefined && (
        <p id={`${id}-note`} className="field-note">
          {note}
        </p>
      )}
    </div>
  );
}

/** Shows grey shapes of the final size, but only once waiting is noticeable. */
export function Waiting({ children, label }: { children: ReactNode; label: string }) {
  const slow = useSlow(true);
  return (
    <div role="status" aria-label={label} className={slow ? 'waiting' : 'waiting quiet'}>
      {children}
    </div>
  );
}

export function Empty({ icon, title, children, action }: { icon: ReactNode; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="emptyx">
      {icon}
      <b>{title}</b>
      <span className="sub">{children}</span>
      {action}
    </div>
  );
}

interface NoticeProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  actions: ReactNode;
  alert?: boolean;
}

/** A whole screen that says one thing and offers the next step. */
export function Notice({ icon, title, children, actions, alert = false }: NoticeProps) {
  return (
    <section className="notice" role={alert ? 'alert' : undefined}>
      <div className="notice-icon" aria-hidden="true">
        {icon}
      </div>
      <h1>{title}</h1>
      <p>{children}</p>
      <div className="notice-actions">{actions}</div>
    </section>
  );
}
