// Who is signed in: the access token in memory, the refresh token in a cookie no script can read.
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { AwayError, http, installTokenSource, ProblemError, type Account, type NewAccount, type Tokens } from '@/shared/api';
import { toMs } from '@/shared/format';

export type AuthState =
  | { state: 'starting' }
  | { state: 'away' }
  | { state: 'signed_out' }
  | { state: 'signed_in'; account: Account };

interface Auth {
  auth: AuthState;
}

interface Held {
  token: string;
  expiresAt: number;
}

/** A token is replaced this long before it runs out. */
const RENEW_BEFORE_MS = 60_000;
/** Who we are is asked again this often while the server is away. */
const AWAY_RETRY_MS = 2_000;
/** Marks that a refresh cookie probably exists; the cookie itself cannot be seen from here. */
const HINT_KEY = 'onstage.signed_in';
const ANONYMOUS_KEY = 'onstage.anonymous';

const store = createStore<Auth>(() => ({ auth: { state: 'starting' } }));
let person: Held | null = null;
let anonymous: Held | null = null;
let renewing: Promise<boolean> | null = null;
let asking: Promise<string | null> | null = null;
const signedListeners = new Set<() => void>();

export function useAuth(): AuthState {
  return useStore(store, (state) => state.auth);
}

export function useAccount(): Account | null {
  const auth = useAuth();
  return auth.state === 'signed_in' ? auth.account : null;
}

/** Called after every sign-in and sign-out: open sockets sign in again. */
export function onSigned(listener: () => void): () => void {
  signedListeners.add(listener);
  return () => signedListeners.delete(listener);
}

function hint(value: boolean): void {
  try {
    if (value) localStorage.setItem(HINT_KEY, '1');
    else localStorage.removeItem(HINT_KEY);
  } catch {
    // Without storage the person signs in once a page.
  }
}

function hinted(): boolean {
  try {
    return localStorage.getItem(HINT_KEY) === '1';
  } catch {
    return true;
  }
}

function held(tokens: { access_token: string; expires_at: Tokens['expires_at'] }): Held {
  return { token: tokens.access_token, expiresAt: toMs(tokens.expires_at) ?? Date.now() + 15 * 60_000 };
}

async function signedIn(tokens: Tokens): Promise<void> {
  person = held(tokens);
  const account = tokens.account ?? (await http.get<{ account: Account }>('/v1/me')).account;
  hint(true);
  store.setState({ auth: { state: 'signed_in', account } });
  for (const listener of signedListeners) listener();
}

function signedOut(): void {
  person = null;
  hint(false);
  store.setState({ auth: { state: 'signed_out' } });
  for (const listener of signedListeners) listener();
}

/** Asks for a new access token by the cookie; several callers share one question. */
function refresh(): Promise<boolean> {
  renewing ??= (async () => {
    try {
      const tokens = await http.post<Tokens>('/v1/tokens/refresh', {}, { auth: 'none' });
      if (store.getState().auth.state === 'signed_in') person = held(tokens);
      else await signedIn(tokens);
      return true;
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500 && error.status !== 429) signedOut();
      else if (store.getState().auth.state === 'starting') store.setState({ auth: { state: 'away' } });
      if (error instanceof AwayError) throw error;
      return false;
    } finally {
      renewing = null;
    }
  })();
  return renewing;
}

function keptAnonymous(): Held | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(ANONYMOUS_KEY) ?? 'null');
    return typeof kept === 'object' && kept !== null ? (kept as Held) : null;
  } catch {
    return null;
  }
}

function keepAnonymous(value: Held | null): void {
  anonymous = value;
  try {
    if (value === null) sessionStorage.removeItem(ANONYMOUS_KEY);
    else sessionStorage.setItem(ANONYMOUS_KEY, JSON.stringify(value));
  } catch {
    // Kept for this page only.
  }
}

function fresh(token: Held | null): token is Held {
  return token !== null && token.expiresAt - Date.now() > RENEW_BEFORE_MS;
}

async function ensureAnonymous(): Promise<string> {
  anonymous ??= keptAnonymous();
  if (fresh(anonymous)) return anonymous.token;
  const tokens = await http.post<Tokens>('/v1/tokens/anonymous', {}, { auth: 'none' });
  keepAnonymous(held(tokens));
  return tokens.access_token;
}

function currentToken(): string | null {
  return person?.token ?? null;
}

async function ensure(): Promise<string | null> {
  if (fresh(person)) return person.token;
  if (person !== null || hinted()) {
    await refresh();
    const renewed = currentToken();
    if (renewed !== null) return renewed;
  }
  return ensureAnonymous();
}

installTokenSource({
  current: currentToken,
  ensure: () => {
    asking ??= ensure().finally(() => {
      asking = null;
    });
    return asking;
  },
  renew: async (refused) => {
    if (person !== null && person.token !== refused) return true;
    if (person !== null) return refresh();
    keepAnonymous(null);
    return true;
  },
});

/** At the start of the page: who are we? */
export async function startAuth(): Promise<void> {
  if (!hinted()) return signedOut();
  await refresh().catch(() => false);
  if (store.getState().auth.state === 'away') setTimeout(() => void startAuth(), AWAY_RETRY_MS);
}

export async function signIn(handle: string, password: string): Promise<void> {
  await signedIn(await http.post<Tokens>('/v1/tokens', { handle, password, cookie: true }, { auth: 'none' }));
}

export async function signUp(account: NewAccount): Promise<void> {
  await http.post('/v1/accounts', account, { auth: 'none' });
  await signIn(account.handle, account.password);
}

export async function signOut(): Promise<void> {
  await http.del('/v1/tokens').catch(() => undefined);
  signedOut();
}
