// The routes, the bar above them, and what is shown while they load or fail.
import { lazy, Suspense, useEffect, useRef, type ComponentType, type ReactNode } from 'react';
import { useAuth } from '@/features/accounts';
import { useT } from '@/shared/i18n';
import { matchPath, navigate, usePlace, type Params } from '@/shared/router';
import { Button, Notice, Spinner } from '@/shared/ui';
import { TriangleAlert, WifiOff } from '@/shared/ui/icons';
import { clearToasts, Toasts } from '@/shared/ui/toast';
import { ErrorBoundary } from './ErrorBoundary';
import { TopBar } from './TopBar';

interface Route {
  pattern: string;
  page: ComponentType<Params & { id: string }>;
  /** Nobody sees it signed out; they sign in first and come back. */
  signedIn?: boolean;
}

const page = (load: () => Promise<{ default: unknown }>) => lazy(load as () => Promise<{ default: Route['page'] }>);

const ROUTES: Route[] = [
  { pattern: '/', page: page(() => import('@/features/sessions/HomePage')) },
  { pattern: '/sign-in', page: page(() => import('@/features/accounts/SignPages').then((module) => ({ default: module.SignInPage }))) },
  { pattern: '/sign-up', page: page(() => import('@/features/accounts/SignPages').then((module) => ({ default: module.SignUpPage }))) },
  { pattern: '/go-live', page: page(() => import('@/features/sessions/GoLivePage')), signedIn: true },
  { pattern: '/s/{id}', page: page(() => import('@/features/stage/ShowPage')) },
  { pattern: '/s/{id}/summary', page: page(() => import('@/features/sessions/SummaryPage')) },
  { pattern: '/doctor', page: page(() => import('@/features/doctor/DoctorPage')) },
  { pattern: '/operator', page: page(() => import('@/features/operator/OperatorPage')), signedIn: true },
];

function find(path: string): { route: Route; params: Params } | null {
  for (const route of ROUTES) {
    const params = matchPath(route.pattern, path);
    if (params !== null) return { route, params };
  }
  return null;
}

function Loading() {
  const t = useT();
  return (
    <main id="main" className="center" tabIndex={-1} aria-busy="true">
      <Spinner />
      <span className="sr">{t('common.loading')}</span>
    </main>
  );
}

function Away() {
  const t = useT();
  return (
    <main id="main" tabIndex={-1}>
      <Notice alert icon={<WifiOff />} title={t('status.away_title')} actions={<Button kind="go" onClick={() => location.reload()}>{t('status.try_now')}</Button>}>
        {t('status.away_screen_text')}
      </Notice>
    </main>
  );
}

function NotFound() {
  const t = useT();
  return (
    <main id="main" tabIndex={-1}>
      <Notice icon={<TriangleAlert />} title={t('not_found.title')} actions={<Button kind="go" onClick={() => navigate('/')}>{t('common.home')}</Button>}>
        {t('not_found.text')}
      </Notice>
    </main>
  );
}

function SignedIn({ children }: { children: ReactNode }) {
  const auth = useAuth();
  const { path } = usePlace();
  const out = auth.state === 'signed_out';
  useEffect(() => {
    if (out) navigate(`/sign-in?next=${encodeURIComponent(path)}`, { replace: true });
  }, [out, path]);
  if (auth.state === 'signed_in') return children;
  return auth.state === 'away' ? <Away /> : <Loading />;
}

/** Moves focus to the new screen, so that reading starts there and not at the old link. */
function useFocusOnMove(path: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    clearToasts();
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);
}

function Routed() {
  const { path } = usePlace();
  const found = find(path);
  useFocusOnMove(path);
  if (found === null) return <NotFound />;
  const { route, params } = found;
  const screen = <route.page {...params} id={params['id'] ?? ''} />;
  return <Suspense fallback={<Loading />}>{route.signedIn ? <SignedIn>{screen}</SignedIn> : screen}</Suspense>;
}

export function App() {
  const t = useT();
  const { path } = usePlace();
  return (
    <>
      <a className="skip" href="#main">
        {t('common.skip')}
      </a>
      <TopBar show={matchPath('/s/{id}', path) !== null} />
      <ErrorBoundary key={path}>
        <Routed />
      </ErrorBoundary>
      <Toasts />
    </>
  );
}
