// The chat of a show: a virtual list that stays at the newest line unless the reader scrolls up.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { Message } from '@/shared/api';
import { useLatest } from '@/shared/hooks';
import { useT } from '@/shared/i18n';
import { Link } from '@/shared/router';
import { Avatar, Button, gelStyle, IconButton } from '@/shared/ui';
import { ArrowUp, ChevronDown, Send, Trash2, Clock, Users } from '@/shared/ui/icons';
import type { Line } from './model';
import './chat.css';

export const TEXT_LENGTH_MAX = 500;

export interface ChatProps {
  lines: Line[];
  /** Why nothing can be written now, in words; null when it can. */
  closed: ReactNode | null;
  placeholder: string;
  slowModeS: number;
  roleOf: (userId: string | null) => 'owner' | 'cohost' | 'moderator' | null;
  mayModerate: boolean;
  me: string | null;
  send: (text: string) => Promise<string | null>;
  remove: (messageId: string) => void;
  timeout: (userId: string, name: string) => void;
  extra?: ReactNode;
}

/** A chat faster than one message in this time is spoken as a summary, so that it stays bearable. */
const SPEAK_EVERY_MS = 5_000;

/** Slow chats are spoken line by line, by the log itself; fast ones as a summary each few seconds. */
function useSpoken(lines: Line[], me: string | null): { fast: boolean; summary: string } {
  const t = useT();
  const [spoken, setSpoken] = useState({ fast: false, summary: '' });
  const seen = useRef(lines.length === 0 ? null : (lines[lines.length - 1]?.key ?? null));
  const latest = useLatest(lines);
  useEffect(() => {
    const timer = setInterval(() => {
      const all = latest.current;
      const from = all.findIndex((line) => line.key === seen.current) + 1;
      const fresh = all.slice(from).filter((line) => line.kind === 'message' && line.message.user_id !== me);
      seen.current = all[all.length - 1]?.key ?? seen.current;
      const last = fresh[fresh.length - 1];
      const fast = fresh.length > 1 && last?.kind === 'message';
      const name = last?.kind === 'message' ? (last.message.display_name ?? last.message.handle ?? '') : '';
      const summary = fast ? t('chat.spoken', { count: fresh.length, name }) : '';
      setSpoken((old) => (old.fast === fast && old.summary === summary ? old : { fast, summary }));
    }, SPEAK_EVERY_MS);
    return () => clearInterval(timer);
  }, [me, t, latest]);
  return spoken;
}

function MessageLine({ message, props }: { message: Message; props: ChatProps }) {
  const t = useT();
  const id = message.user_id ?? 'system';
  const name = message.display_name ?? message.handle ?? t('app.name');
  const role = props.roleOf(message.user_id ?? null);
  return (
    <div className="msg gel" style={gelStyle(id)}>
      <Avatar id={id} name={name} size="xs" />
      <div className="msg-text">
        <b className="who" dir="auto">
          {name}
        </b>{' '}
        {role !== null && <span className={`tag ${role === 'owner' ? 'lime' : 'info'}`}>{t(`roles.${role}`)}</span>}{' '}
        <span dir="auto">{message.text}</span>
      </div>
      {props.mayModerate && (
        <div className="msg-acts">
          {message.user_id && message.user_id !== props.me && role !== 'owner' && (
            <IconButton small bare label={t('chat.timeout', { name })} onClick={() => props.timeout(message.user_id ?? '', name)}>
              <Clock />
            </IconButton>
          )}
          <IconButton small bare label={t('chat.delete', { name })} onClick={() => props.remove(message.id)}>
            <Trash2 />
          </IconButton>
        </div>
      )}
    </div>
  );
}

function LineView({ line, props }: { line: Line; props: ChatProps }) {
  const t = useT();
  if (line.kind === 'message' && line.message.kind === 'system') {
    return (
      <div className="msg event">
        <Users aria-hidden="true" />
        <span dir="auto">{line.message.text}</span>
      </div>
    );
  }
  if (line.kind === 'message') return <MessageLine message={line.message} props={props} />;
  return (
    <div className="msg event">
      <ArrowUp aria-hidden="true" />
      <span>{t('chat.went_up', { name: line.name })}</span>
    </div>
  );
}

/** Lines this close to the end still count as reading the newest. */
const NEAR_END_PX = 48;

function List({ spoken, ...props }: ChatProps & { spoken: boolean }) {
  const t = useT();
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [readTo, setReadTo] = useState<string | null>(null);
  const { lines } = props;
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 44,
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 8,
  });
  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, []);
  const total = virtual.getTotalSize();
  useEffect(() => {
    if (atEnd) toEnd();
  }, [lines.length, total, atEnd, toEnd]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (atEnd) toEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [atEnd, toEnd]);
  const scrolled = () => {
    const element = scroller.current;
    if (element === null) return;
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (atEnd && !end) setReadTo(lines[lines.length - 1]?.key ?? null);
    setAtEnd(end);
  };
  const fresh = atEnd ? 0 : lines.length - 1 - lines.findIndex((line) => line.key === readTo);
  return (
    <div className="clist-box">
      <div className="clist" ref={scroller} role="log" aria-live={spoken && atEnd ? 'polite' : 'off'} aria-label={t('chat.title')} tabIndex={0} onScroll={scrolled}>
        {lines.length === 0 && <p className="clist-empty dim">{t('chat.empty')}</p>}
        <div className="clist-all" style={{ height: total }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="clist-line"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {line !== undefined && <LineView line={line} props={props} />}
              </div>
            );
          })}
        </div>
      </div>
      {!atEnd && (
        <Button
          small
          className="clist-newest"
          onClick={() => {
            setAtEnd(true);
            toEnd();
          }}
        >
          <ChevronDown aria-hidden="true" />
          {fresh > 0 ? t('chat.newest_count', { count: fresh }) : t('chat.newest')}
        </Button>
      )}
    </div>
  );
}

function Composer(props: ChatProps) {
  const t = useT();
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const length = [...text.trim()].length;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (length === 0 || busy) return;
    if (length > TEXT_LENGTH_MAX) return setError(t('chat.too_long', { max: TEXT_LENGTH_MAX }));
    setBusy(true);
    const problem = await props.send(text.trim());
    setBusy(false);
    setError(problem);
    if (problem === null) setText('');
  };
  if (props.closed !== null) return <div className="cclosed sub">{props.closed}</div>;
  return (
    <form className="composer" onSubmit={submit}>
      {error !== null && (
        <p id="chat-error" className="composer-error" role="alert">
          {error}
        </p>
      )}
      <input
        id="chat-input"
        aria-label={t('chat.say')}
        aria-describedby={error === null ? undefined : 'chat-error'}
        aria-invalid={error === null ? undefined : true}
        placeholder={props.placeholder}
        value={text}
        autoComplete="off"
        enterKeyHint="send"
        dir="auto"
        onChange={(event) => {
          setText(event.target.value);
          if (error !== null) setError(null);
        }}
      />
      <IconButton label={t('chat.send')} type="submit" disabled={length === 0 || busy}>
        <Send />
      </IconButton>
    </form>
  );
}

export function Chat(props: ChatProps) {
  const t = useT();
  const spoken = useSpoken(props.lines, props.me);
  return (
    <section className="panel chat" aria-labelledby="chat-title">
      <header>
        <h2 id="chat-title">{t('chat.title')}</h2>
        {props.slowModeS > 0 && <span className="tag">{t('chat.slow', { seconds: props.slowModeS })}</span>}
      </header>
      <List {...props} spoken={!spoken.fast} />
      <p className="sr" role="status" aria-live="polite">
        {spoken.summary}
      </p>
      <footer className="cfoot">
        <Composer {...props} />
        {props.extra}
      </footer>
    </section>
  );
}

/** Where the way to write is an account. */
export function SignInToChat() {
  const t = useT();
  return (
    <>
      {t('chat.sign_in_lead')}{' '}
      <Link to={`/sign-in?next=${encodeURIComponent(location.pathname)}`} className="link">
        {t('sign.in')}
      </Link>
    </>
  );
}
