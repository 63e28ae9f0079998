// One way to call the server: JSON in, JSON out, problems as errors, tokens by themselves.
import { AwayError, ProblemError, problemFrom } from './problem';

/** Where tokens come from; the accounts feature installs itself here at start. */
export interface TokenSource {
  /** The token to send now, or null when signed out. */
  current(): string | null;
  /** A token in any case: the person's own, or an anonymous one. */
  ensure(): Promise<string | null>;
  /** Called when a token was refused; true when a new one may be tried. */
  renew(refused: string): Promise<boolean>;
}

let tokens: TokenSource = {
  current: () => null,
  ensure: () => Promise.resolve(null),
  renew: () => Promise.resolve(false),
};

export function installTokenSource(source: TokenSource): void {
  tokens = source;
}

export function tokenSource(): TokenSource {
  return tokens;
}

interface CallOptions {
  body?: unknown;
  /** `none`: never sends a token. `optional`: sends one if there is one. `required`: gets one first. */
  auth?: 'none' | 'optional' | 'required';
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** How long a call may take before it counts as the server being away. */
export const CALL_TIMEOUT_MS = 15_000;

async function send(method: string, path: string, options: CallOptions, token: string | null): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
  const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new AwayError(typeof navigator !== 'undefined' && navigator.onLine === false);
  }
}

async function tokenFor(auth: CallOptions['auth']): Promise<string | null> {
  if (auth === 'none') return null;
  if (auth === 'optional') return tokens.current();
  return tokens.ensure();
}

async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const auth = options.auth ?? 'required';
  let token = await tokenFor(auth);
  let response = await send(method, path, options, token);
  if (response.status === 401 && auth !== 'none') {
    const again = token === null ? (await tokens.ensure()) !== null : await tokens.renew(token);
    if (again) {
      token = await tokens.ensure();
      response = await send(method, path, options, token);
    }
  }
  if (!response.ok) throw await problemFrom(response);
  if (response.status === 204) return undefined as T;
  return (await response.json().catch(() => undefined)) as T;
}

export const http = {
  get: <T>(path: string, options?: CallOptions) => call<T>('GET', path, options),
  post: <T>(path: string, body: unknown = {}, options?: CallOptions) => call<T>('POST', path, { ...options, body }),
  patch: <T>(path: string, body: unknown, options?: CallOptions) => call<T>('PATCH', path, { ...options, body }),
  del: <T>(path: string, options?: CallOptions) => call<T>('DELETE', path, options),
};

export { AwayError, ProblemError };
