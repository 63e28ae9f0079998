// Draws every screen with made-up answers into the folder given, for looking at. Needs a build and Chromium.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { account, analytics, homeList, messages, person, request, session, uid } from './fixtures.mjs';

const out = process.argv[2] ?? 'shots';
const only = process.argv[3];
mkdirSync(out, { recursive: true });
const dist = path.resolve(import.meta.dirname, '../dist');
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html' };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; connect-src 'self' ws:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
const server = createServer(async (incoming, answer) => {
  const file = path.join(dist, decodeURIComponent(new URL(incoming.url, 'http://x').pathname));
  const found = path.extname(file) === '' ? path.join(dist, 'index.html') : file;
  const body = await readFile(found).catch(() => null);
  answer.writeHead(body === null ? 404 : 200, { 'content-type': TYPES[path.extname(found)] ?? 'text/plain', 'content-security-policy': CSP });
  answer.end(body ?? '');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--disable-lcd-text'],
});

const SHOW = session(0).id;
const json = (body, status = 200) => ({ status, contentType: status < 400 ? 'application/json' : 'application/problem+json', body: JSON.stringify(body) });

async function open(world, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark', baseURL: base, ...options });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && console.log('  console:', message.text().slice(0, 200)));
  page.on('pageerror', (error) => console.log('  page error:', String(error).slice(0, 400)));
  if (world.me) await context.addInitScript(() => localStorage.setItem('onstage.signed_in', '1'));
  for (const [key, value] of Object.entries(world.session ?? {})) await context.addInitScript(([k, v]) => sessionStorage.setItem(k, v), [key, value]);
  for (const [key, value] of Object.entries(world.local ?? {})) await context.addInitScript(([k, v]) => localStorage.setItem(k, v), [key, value]);
  const answers = {
    'POST /v1/tokens/refresh': () => (world.me ? json({ access_token: 't', expires_at: new Date(Date.now() + 9e5).toISOString(), account: world.me }) : json({ code: 'accounts/unauthenticated', status: 401 }, 401)),
    'POST /v1/tokens/anonymous': () => json({ access_token: 'a', expires_at: new Date(Date.now() + 9e6).toISOString() }),
    'GET /v1/me': () => json({ account: world.me }),
    'GET /v1/sessions': () => json({ items: world.list ?? homeList, next_cursor: null }),
    [`POST /v1/sessions/${SHOW}/join`]: () => (world.join ? world.join() : json({ session: world.show, role: world.mine.role, participant: world.mine, media: { url: base.replace('http', 'ws'), token: 'x' }, seq: 5 })),
    [`GET /v1/sessions/${SHOW}`]: () => json(world.show ?? session(0)),
    'GET /v1/accounts': () => json({ items: [account(0, { operator: true }), account(1), account(8, { banned: true }), account(4)], next_cursor: null }),
    'GET /v1/audit': () => json({ items: [['stage.kick', 1], ['chat.delete', 2], ['sessions.end', 3]].map(([action, n]) => ({ id: String(n), at: new Date().toISOString(), actor_id: uid(0), action, session_id: SHOW, target_id: uid(8), reason: n === 1 ? 'Same link posted six times' : null })), next_cursor: null }),
    ...world.answers,
  };
  await page.route('**/v1/**', (route) => {
    const { pathname } = new URL(route.request().url());
    const made = answers[`${route.request().method()} ${pathname}`];
    if (made) return route.fulfill(made());
    const people = /\/v1\/sessions\/([^/]+)\/people/.exec(pathname);
    if (people) {
      const show = homeList.find((item) => item.id === people[1]);
      const staged = Array.from({ length: (show?.guest_count ?? 3) + 1 }, (_, n) => person((n + Number(people[1].slice(-1)) * 3) % 20, { role: n === 0 ? 'owner' : 'guest' }));
      return route.fulfill(json({ items: [...staged.slice(0, 12), ...[13, 14, 15].map((n) => person(n, { role: 'viewer', presence: 'watching', seat: null }))], next_cursor: null, total: 12 }));
    }
    return route.fulfill(json({ code: 'request/not_found', status: 404 }, 404));
  });
  await page.routeWebSocket('**/rtc**', () => undefined);
  await page.routeWebSocket('**/v1/events', (ws) => {
    if (world.noSocket) return ws.close({ code: 1001 });
    ws.onMessage((text) => {
      const frame = JSON.parse(text);
      ws.send(JSON.stringify({ reply_to: frame.id, ok: true }));
      if (frame.type !== 'subscribe') return;
      const snapshot = { session: world.show, participants: world.people, me: { user_id: world.mine.user_id, role: world.mine.role, participant: world.mine.presence === 'watching' ? null : world.mine, may_manage: ['owner', 'cohost'].includes(world.mine.role), may_moderate_chat: world.mine.role === 'owner' }, requests: world.requests ?? [], invitations: world.invitations ?? [], messages, viewer_count: world.show.viewer_count };
      ws.send(JSON.stringify({ session_id: frame.session_id, snapshot, seq: 5 }));
      let seq = 5;
      for (const [name, data] of world.events ?? []) {
        ws.send(JSON.stringify({ session_id: frame.session_id, events: [{ seq: seq + 1, prev: seq, name, at: new Date().toISOString(), data }] }));
        seq += 1;
      }
    });
  });
  return { page, context };
}

const four = [person(0), person(1), person(2, { self_muted_audio: true }), person(3, { role: 'cohost' })];
const many = Array.from({ length: 18 }, (_, n) => person(n, {
  ...(n === 5 ? { host_muted_audio: true } : {}), ...(n % 3 === 0 && n ? { self_muted_audio: true } : {}), ...(n === 7 ? { may_show: false } : {}),
  ...(n === 12 ? { presence: 'reconnecting', seat_until: new Date(Date.now() + 48_000).toISOString() } : {}), ...(n === 13 ? { presence: 'held', seat_until: new Date(Date.now() + 30_000).toISOString() } : {}), ...(n === 4 || n === 9 ? { hand_raised: true } : {}), ...(n === 1 ? { role: 'cohost' } : {}),
}));
const viewer = person(14, { role: 'viewer', presence: 'watching', seat: null });
const watching = { me: account(14), show: session(0), people: four, mine: viewer };
const ready = { [`onstage.ready.${SHOW}`]: '1' };
const studio = { me: account(0), session: ready, show: session(0, { title: 'Open mic, 20 seats', effective_max_guests: 19, viewer_count: 1048, settings: { ...session(0).settings, slow_mode_s: 5 } }), people: many.slice(0, 6), mine: person(0), requests: [request(8, { message: 'Two songs on guitar, about six minutes.' }), request(9, { message: 'Spoken word, camera off please.' }), request(17 % 10 + 3)] };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

const over = { me: account(0), show: { ...session(0, { status: 'ended', ended_at: new Date().toISOString() }), summary: { duration_s: 3862, peak_viewers: 2600, guests: 5, messages: 812, reactions: 18230 } } };
const course = (body) => ({ [`GET /v1/sessions/${SHOW}/analytics`]: () => json(body) });

const SHOTS = {
  'home-desktop': { world: { me: account(14) }, path: '/' },
  'home-light': { world: {}, path: '/', options: { colorScheme: 'light' } },
  'home-phone': { world: { me: account(14) }, path: '/', options: { ...phone, colorScheme: 'light' } },
  'home-empty': { world: { list: [] }, path: '/' },
  'home-error': { world: { answers: { 'GET /v1/sessions': () => json({ code: 'server/fault', status: 500 }, 500) } }, path: '/' },
  'sign-in': { world: {}, path: '/sign-in' },
  'sign-up': { world: {}, path: '/sign-up', options: { colorScheme: 'light' }, act: (page) => page.getByRole('button', { name: 'Create account' }).click() },
  'go-live': { world: { me: account(0) }, path: '/go-live' },
  'go-live-phone': { world: { me: account(0) }, path: '/go-live', options: phone },
  'watch-desktop': { world: { ...watching, events: [['chat.reactions', { counts: { heart: 18234 } }]] }, path: `/s/${SHOW}` },
  'watch-light': { world: watching, path: `/s/${SHOW}`, options: { colorScheme: 'light' } },
  'watch-phone': { world: watching, path: `/s/${SHOW}`, options: phone },
  'watch-phone-more': { world: watching, path: `/s/${SHOW}`, options: phone, act: (page) => page.getByRole('button', { name: 'More' }).click() },
  'watch-sound': { world: { ...watching, local: { 'onstage.receiving': 'sound' } }, path: `/s/${SHOW}`, options: phone },
  'stage-phone': { world: { ...watching, session: ready, people: [...four.slice(0, 3), person(14)], mine: person(14) }, path: `/s/${SHOW}`, options: phone },
  'watch-tablet': { world: watching, path: `/s/${SHOW}`, options: { viewport: { width: 820, height: 1100 } } },
  'watch-landscape': { world: watching, path: `/s/${SHOW}`, options: { ...phone, viewport: { width: 844, height: 390 } } },
  'watch-landscape-more': { world: watching, path: `/s/${SHOW}`, options: { ...phone, viewport: { width: 844, height: 390 } }, act: (page) => page.getByRole('button', { name: 'More' }).click() },
  'stage-landscape': { world: { ...watching, session: ready, people: [...four.slice(0, 3), person(14)], mine: person(14) }, path: `/s/${SHOW}`, options: { ...phone, viewport: { width: 844, height: 390 } } },
  'studio-1024': { world: studio, path: `/s/${SHOW}`, options: { viewport: { width: 1024, height: 768 } } },
  'golive-hidden': { world: { me: account(0) }, path: '/go-live', options: { viewport: { width: 1024, height: 768 } }, act: (page) => page.getByRole('button', { name: 'Hide camera' }).click() },
  'watch-anonymous': { world: { ...watching, me: undefined }, path: `/s/${SHOW}` },
  'watch-ask': { world: watching, path: `/s/${SHOW}`, act: (page) => page.getByRole('button', { name: 'Ask to go up' }).click() },
  'watch-held': { world: { ...watching, mine: person(14, { presence: 'held', seat_until: new Date(Date.now() + 42_000).toISOString() }), people: [...four, person(14, { presence: 'held', seat_until: new Date(Date.now() + 42_000).toISOString() })] }, path: `/s/${SHOW}` },
  'watch-held-phone': { world: { ...watching, mine: person(14, { presence: 'held', seat_until: new Date(Date.now() + 42_000).toISOString() }), people: four }, path: `/s/${SHOW}`, options: phone },
  'watch-host-lost': { world: { ...watching, show: session(0, { host_grace_until: new Date(Date.now() + 52_000).toISOString() }) }, path: `/s/${SHOW}` },
  'stage-20': { world: { ...watching, session: ready, show: session(0, { effective_max_guests: 19, guest_count: 17 }), people: many, mine: many[14] }, path: `/s/${SHOW}` },
  'stage-speaker': { world: { ...watching, show: session(0, { settings: { ...session(0).settings, layout: 'spotlight' } }), people: many.slice(0, 6) }, path: `/s/${SHOW}` },
  studio: { world: studio, path: `/s/${SHOW}` },
  'studio-empty': { world: { ...studio, people: [person(0)], requests: [] }, path: `/s/${SHOW}` },
  'studio-small': { world: studio, path: `/s/${SHOW}`, options: { viewport: { width: 1180, height: 800 } } },
  'studio-phone': { world: studio, path: `/s/${SHOW}`, options: { ...phone } },
  'studio-menu': { world: studio, path: `/s/${SHOW}`, act: async (page) => { await page.getByRole('group', { name: 'Jake' }).hover(); await page.getByRole('button', { name: 'Actions for Jake' }).click(); } },
  'studio-remove': { world: studio, path: `/s/${SHOW}`, act: (page) => page.getByRole('button', { name: 'Remove Jake' }).click() },
  'studio-invite': { world: studio, path: `/s/${SHOW}`, act: (page) => page.getByRole('button', { name: 'Invite someone' }).click() },
  kicked: { world: { ...watching, events: [['stage.kicked', { user_id: uid(14), handle: 'freya', by: uid(0), reason: null }]] }, path: `/s/${SHOW}` },
  ended: { world: { ...watching, events: [['session.ended', { reason: 'owner', summary: { duration_s: 3862, peak_viewers: 2600, guests: 5, messages: 812, reactions: 18230 } }]] }, path: `/s/${SHOW}` },
  blocked: { world: { ...watching, join: () => json({ code: 'moderation/blocked', status: 403 }, 403) }, path: `/s/${SHOW}` },
  'not-there': { world: { ...watching, join: () => json({ code: 'sessions/not_found', status: 404 }, 404) }, path: `/s/${SHOW}` },
  away: { world: { ...watching, join: () => json({}, 503) }, path: `/s/${SHOW}` },
  'no-socket': { world: { ...watching, noSocket: true }, path: `/s/${SHOW}`, wait: 4000 },
  summary: { world: { ...over, answers: course(analytics()) }, path: `/s/${SHOW}/summary`, options: { viewport: { width: 1440, height: 1180 } } },
  'summary-tip': { world: { ...over, answers: course(analytics()) }, path: `/s/${SHOW}/summary`, options: { colorScheme: 'light', viewport: { width: 1024, height: 1180 } }, act: async (page) => { await page.getByRole('slider').focus(); for (let n = 0; n < 43; n += 1) await page.keyboard.press('ArrowRight'); } },
  'summary-phone': { world: { ...over, answers: course(analytics()) }, path: `/s/${SHOW}/summary`, options: { ...phone, viewport: { width: 360, height: 1500 } } },
  'summary-short': { world: { ...over, answers: course(analytics(1, { duration_s: 9, bucket_s: 10, viewers_peak: 2, viewers_average: 1.4, people: 2, guests: 0, requests: 0, guest_participation_rate: 0, messages: 3, reactions: 1, reactions_by_kind: { wow: 1 }, host_sessions: 1, timeline: [{ at: new Date().toISOString(), viewers: 1.4, guests: 0, messages: 3, reactions: 1 }] })) }, path: `/s/${SHOW}/summary` },
  'summary-quiet': { world: { ...over, answers: course(analytics(0, { viewers_peak: 0, viewers_average: 0, people: 0, guests: 0, requests: 0, messages: 0, reactions: 0, reactions_by_kind: {}, guest_participation_rate: 0 })) }, path: `/s/${SHOW}/summary` },
  'summary-rtl': { world: { ...over, answers: course(analytics()) }, path: `/s/${SHOW}/summary?lang=ar-XB`, options: { viewport: { width: 1024, height: 1180 } } },
  'summary-error': { world: over, path: `/s/${SHOW}/summary`, wait: 4000 },
  'summary-brief': { world: { me: account(14), show: { ...session(0, { status: 'ended', ended_at: new Date().toISOString() }), summary: { duration_s: 3862, peak_viewers: 2600, guests: 5, messages: 812, reactions: 18230 } } }, path: `/s/${SHOW}/summary` },
  operator: { world: { me: account(0, { operator: true }) }, path: '/operator', options: { colorScheme: 'light' } },
  'operator-audit': { world: { me: account(0, { operator: true }) }, path: '/operator', act: (page) => page.getByRole('tab', { name: 'Audit log' }).click() },
  'not-found': { world: {}, path: '/nowhere/at/all' },
  'pseudo-home': { world: { me: account(14) }, path: '/?lang=en-XA' },
  'pseudo-studio': { world: studio, path: `/s/${SHOW}?lang=en-XA` },
  'rtl-watch': { world: watching, path: `/s/${SHOW}?lang=ar-XB`, options: { colorScheme: 'light' } },
  'rtl-studio': { world: studio, path: `/s/${SHOW}?lang=ar-XB` },
};

for (const [name, shot] of Object.entries(SHOTS)) {
  if (only && !new RegExp(only).test(name)) continue;
  console.log(name);
  const { page, context } = await open(shot.world, shot.options);
  await page.goto(shot.path);
  await page.waitForTimeout(shot.wait ?? Number(process.env.WAIT ?? 1400));
  if (shot.act) await Promise.race([shot.act(page), page.waitForTimeout(4000)]).catch((error) => console.log('  act:', String(error).slice(0, 300)));
  await page.waitForTimeout(500);
  await page.screenshot({ path: path.join(out, `${name}.png`) });
  if (process.env.AXE) {
    await page.evaluate(await readFile(process.env.AXE, 'utf8'));
    const found = await page.evaluate(() => window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    for (const rule of found.violations) console.log('  axe:', rule.id, rule.impact, rule.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(' | '), rule.nodes[0].failureSummary?.slice(0, 160).replace(/\n/g, ' '));
  }
  await context.close();
}
await browser.close();
server.close();
