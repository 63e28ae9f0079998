// The ways from this browser to the server, each tried alone: a short connection with one data channel and no session.

/** In the order in which they are tried and shown. */
export const LEGS = ['server', 'clock', 'socket', 'udp', 'tcp', 'relay_udp', 'relay_tcp', 'relay_tls'] as const;
export type Leg = (typeof LEGS)[number];
export type MediaLeg = Exclude<Leg, 'server' | 'clock' | 'socket'>;

export type Result = { state: 'waiting' | 'testing' | 'failed' | 'none' } | { state: 'ok'; ms: number };
export type Results = Record<Leg, Result>;

export const untested = (): Results => Object.fromEntries(LEGS.map((leg) => [leg, { state: 'waiting' }])) as Results;

/** The way is there, but this server does not offer it. */
export class NotOffered extends Error {}

const WITHIN_MS = 10_000;
const GATHER_MS = 3_000;
/** Tokens are taken from a minute before they begin until a minute after they end. */
const CLOCKS_APART_MS = 60_000;

/** The one sentence that sums up. */
export type Verdict = 'testing' | 'good' | 'detour' | 'relay' | 'blocked' | 'clock' | 'no_socket' | 'no_server';

export function verdict(results: Results): Verdict {
  const works = (leg: Leg) => results[leg].state === 'ok';
  if (LEGS.some((leg) => ['waiting', 'testing'].includes(results[leg].state))) return 'testing';
  if (!works('server')) return 'no_server';
  if (!works('socket')) return 'no_socket';
  const relay = works('relay_udp') || works('relay_tcp') || works('relay_tls');
  if (!works('udp') && !works('tcp') && !relay) return 'blocked';
  if (results.clock.state === 'failed') return 'clock';
  if (works('udp')) return 'good';
  return works('tcp') ? 'detour' : 'relay';
}

/** An answer in which only the candidates of one way are left. A relay is asked to reach the server by UDP. */
export function only(sdp: string, leg: MediaLeg): string {
  const wanted = leg === 'tcp' ? 'tcp' : 'udp';
  const keep = (line: string) => !line.startsWith('a=candidate:') || line.split(' ')[2]?.toLowerCase() === wanted;
  return sdp.split(/\r?\n/).filter(keep).join('\r\n');
}

/** The relay's addresses of one way. */
export function relays(servers: RTCIceServer[], leg: MediaLeg): RTCIceServer[] {
  const fits = (url: string) =>
    leg === 'relay_tls' ? url.startsWith('turns:') : url.startsWith('turn:') && (/[?&]transport=tcp/i.test(url) ? leg === 'relay_tcp' : leg === 'relay_udp');
  return servers.map((server) => ({ ...server, urls: [server.urls].flat().filter(fits) })).filter((server) => server.urls.length > 0);
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new Error('no answer')), ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const look = () => connection.iceGatheringState === 'complete' && resolve();
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });
}

async function answerTo(sdp: string): Promise<string> {
  const reply = await fetch('/rtc/check', { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: sdp });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return reply.text();
}

/** Opens a data channel over one way only. */
async function channel(leg: MediaLeg, servers: RTCIceServer[]): Promise<void> {
  const isRelay = leg.startsWith('relay');
  const iceServers = isRelay ? relays(servers, leg) : [];
  if (isRelay && iceServers.length === 0) throw new NotOffered();
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: isRelay ? 'relay' : 'all' });
  try {
    const opened = new Promise((resolve) => connection.createDataChannel('_reliable').addEventListener('open', resolve, { once: true }));
    await connection.setLocalDescription();
    await within(gathered(connection), GATHER_MS).catch(() => undefined);
    const sdp = only(await answerTo(connection.localDescription?.sdp ?? ''), leg);
    if (!sdp.includes('a=candidate:')) throw new NotOffered();
    await connection.setRemoteDescription({ type: 'answer', sdp });
    await within(opened, WITHIN_MS);
  } finally {
    connection.close();
  }
}

function socket(): Promise<void> {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const trial = new WebSocket(`${scheme}://${location.host}/v1/events`);
  const opened = new Promise<void>((resolve, reject) => {
    trial.addEventListener('open', () => resolve());
    trial.addEventListener('error', () => reject(new Error('no socket')));
  });
  return within(opened, WITHIN_MS).finally(() => trial.close());
}

/** Whether this clock is near enough to the server's, which its replies tell to the second. */
export function near(date: string | null, here: number): boolean {
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) throw new NotOffered();
  return Math.abs(here - there) <= CLOCKS_APART_MS;
}

async function clock(): Promise<void> {
  const reply = await within(fetch('/rtc/check', { cache: 'no-store' }), WITHIN_MS);
  if (!near(reply.headers.get('date'), Date.now())) throw new Error('the clocks differ');
}

async function server(): Promise<RTCIceServer[]> {
  const reply = await within(fetch('/rtc/check'), WITHIN_MS);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const { ice_servers: servers } = (await reply.json()) as { ice_servers: RTCIceServer[] };
  return servers;
}

/** Tries every way, one after the other, and tells each result as it comes. */
export async function examine(tell: (leg: Leg, result: Result) => void): Promise<void> {
  let servers: RTCIceServer[] = [];
  const tries: Record<Leg, () => Promise<void>> = {
    server: async () => void (servers = await server()),
    clock,
    socket,
    udp: () => channel('udp', servers),
    tcp: () => channel('tcp', servers),
    relay_udp: () => channel('relay_udp', servers),
    relay_tcp: () => channel('relay_tcp', servers),
    relay_tls: () => channel('relay_tls', servers),
  };
  for (const leg of LEGS) {
    tell(leg, { state: 'testing' });
    const begun = performance.now();
    const result = await tries[leg]().then(
      (): Result => ({ state: 'ok', ms: Math.round(performance.now() - begun) }),
      (error: unknown): Result => ({ state: error instanceof NotOffered ? 'none' : 'failed' }),
    );
    tell(leg, result);
  }
}
