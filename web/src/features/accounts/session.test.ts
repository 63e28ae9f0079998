// Would catch: a person signed out by a hiccup, two refreshes that end a family, a token kept where scripts find it.
import { beforeEach, describe, expect, it, vi } from 'vitest';

type Reply = { status: number; body?: unknown } | 'down';
let calls: string[] = [];
let replies: Record<string, Reply[]> = {};

function world(given: Record<string, Reply[]>): void {
  calls = [];
  replies = given;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const name = `${init.method} ${path}`;
    const token = (init.headers as Record<string, string>)['authorization'];
    calls.push(token === undefined ? name : `${name} ${token}`);
    const line = replies[name] ?? [];
    const reply = line.length > 1 ? line.shift() : line[0];
    if (reply === undefined || reply === 'down') return Promise.reject(new TypeError('failed'));
    return Promise.resolve(new Response(JSON.stringify(reply.body ?? {}), { status: reply.status }));
  });
}

const soon = () => new Date(Date.now() + 900_000).toISOString();
const account = { id: 'u', handle: 'maya', display_name: 'Maya' };
const tokens = (access_token: string) => ({ status: 200, body: { access_token, expires_at: soon(), account } });
const refused = { status: 401, body: { code: 'accounts/unauthenticated', status: 401 } };

async function load() {
  vi.resetModules();
  const session = await import('./session');
  const { http, tokenSource } = await import('@/shared/api');
  return { ...session, http, tokenSource };
}

describe('who is signed in', () => {
  beforeEach(() => {
    localStorage.clear();
    sessionStorage.clear();
  });

  it('does not ask the server when nobody ever signed in here', async () => {
    world({});
    const { startAuth } = await load();
    await startAuth();
    expect(calls).toEqual([]);
  });

  it('comes back by the cookie after a reload', async () => {
    localStorage.setItem('onstage.signed_in', '1');
    world({ 'POST /v1/tokens/refresh': [tokens('one')] });
    const { startAuth, tokenSource } = await load();
    await startAuth();
    expect(tokenSource().current()).toBe('one');
  });

  it('keeps neither token where a script could find it later', async () => {
    world({ 'POST /v1/tokens': [tokens('secret-token')] });
    const { signIn } = await load();
    await signIn('maya', 'a long password');
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('secret-token');
  });

  it('refreshes once for many callers when a token is refused, and sends the call again', async () => {
    world({
      'POST /v1/tokens': [tokens('old')],
      'POST /v1/tokens/refresh': [tokens('new')],
      'GET /v1/x': [refused, refused, { status: 200, body: { ok: true } }],
    });
    const { signIn, http } = await load();
    await signIn('maya', 'a long password');
    await Promise.all([http.get('/v1/x'), http.get('/v1/x')]);
    expect(calls.filter((call) => call.startsWith('POST /v1/tokens/refresh'))).toHaveLength(1);
    expect(calls.filter((call) => call.endsWith('Bearer new'))).toHaveLength(2);
  });

  it('does not sign anybody out because the server is away', async () => {
    localStorage.setItem('onstage.signed_in', '1');
    world({ 'POST /v1/tokens/refresh': ['down'] });
    const { startAuth } = await load();
    await startAuth();
    expect(localStorage.getItem('onstage.signed_in')).toBe('1');
  });

  it('watches with one anonymous token per tab', async () => {
    world({ 'POST /v1/tokens/anonymous': [{ status: 201, body: { access_token: 'anon', expires_at: soon() } }], 'GET /v1/x': [{ status: 200 }] });
    const first = await load();
    await Promise.all([first.http.get('/v1/x'), first.http.get('/v1/x')]);
    const reloaded = await load();
    await reloaded.http.get('/v1/x');
    expect(calls.filter((call) => call.startsWith('POST'))).toHaveLength(1);
    expect(calls.filter((call) => call === 'GET /v1/x Bearer anon')).toHaveLength(3);
  });

  it('forgets the person on signing out', async () => {
    world({ 'POST /v1/tokens': [tokens('one')], 'DELETE /v1/tokens': [{ status: 204 }] });
    const { signIn, signOut, tokenSource } = await load();
    await signIn('maya', 'a long password');
    await signOut();
    expect(tokenSource().current()).toBeNull();
    expect(localStorage.getItem('onstage.signed_in')).toBeNull();
  });
});
