// Would catch: events applied twice or out of order, gaps that go unnoticed, a socket that never comes back,
// or one that comes back in a storm.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Chain } from './chain';
import { readFrame, type LiveEvent } from './frames';
import { EventSocket, FIRST_RETRY_MS, GAP_PAUSE_MS, LONGEST_RETRY_MS, type SocketLike, type SocketWorld } from './socket';

const SESSION = 's-1';

class FakeSocket implements SocketLike {
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
    this.onclose?.({ code: 1000 });
  }

  says(frame: Record<string, unknown>): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  last(type: string): Record<string, unknown> | undefined {
    return this.sent.filter((frame) => frame['type'] === type).at(-1);
  }

  count(type: string): number {
    return this.sent.filter((frame) => frame['type'] === type).length;
  }
}

interface Later {
  run: () => void;
  ms: number;
}

function world() {
  const sockets: FakeSocket[] = [];
  let waiting: Later[] = [];
  const given: SocketWorld & { renewed: string[]; token: () => Promise<string | null> } = {
    renewed: [],
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    token: () => Promise.resolve('t'),
    renew(token) {
      this.renewed.push(token);
      return Promise.resolve(true);
    },
    now: () => 0,
    later: (run, ms) => {
      const entry = { run, ms };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    random: () => 0.5,
  };
  const settle = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => resolve()))));
  return {
    given,
    sockets,
    waits: () => waiting.map((entry) => entry.ms),
    /** Winds the clock to everything that waits now. */
    async wind() {
      const due = waiting;
      waiting = [];
      for (const entry of due) entry.run();
      await settle();
    },
    settle,
    last: () => sockets[sockets.length - 1]!,
  };
}

const kept = (seq: number, prev = seq - 1, name = 'chat.sent') => ({ seq, prev, name, at: '', data: {} });

describe('EventSocket', () => {
  let hall: ReturnType<typeof world>;
  let socket: EventSocket;
  let heard: number[];
  const listener = { snapshot: vi.fn(), event: vi.fn(), refused: vi.fn() };

  async function signIn(): Promise<FakeSocket> {
    await hall.settle();
    const wire = hall.last();
    wire.onopen?.();
    wire.says({ reply_to: wire.last('authenticate')?.['id'], ok: true });
    await hall.settle();
    return wire;
  }

  beforeEach(() => {
    hall = world();
    socket = new EventSocket(hall.given);
    heard = [];
    for (const spy of Object.values(listener)) spy.mockReset();
    listener.event.mockImplementation((event: LiveEvent) => heard.push(event.seq));
    socket.subscribe(SESSION, listener);
  });

  it('signs in by its first frame and subscribes without a place', async () => {
    const wire = await signIn();
    expect(wire.sent[0]).toMatchObject({ type: 'authenticate', access_token: 't' });
    expect(wire.last('subscribe')).toMatchObject({ session_id: SESSION });
    expect(wire.last('subscribe')).not.toHaveProperty('since');
    expect(socket.getStatus().state).toBe('open');
  });

  it('hands on the snapshot, then each event once', async () => {
    const wire = await signIn();
    wire.says({ session_id: SESSION, snapshot: { a: 1 }, seq: 5 });
    wire.says({ session_id: SESSION, events: [kept(6), kept(7)] });
    wire.says({ session_id: SESSION, events: [kept(7), kept(8)] });
    expect(listener.snapshot).toHaveBeenCalledWith({ a: 1 }, 5);
    expect(heard).toEqual([6, 7, 8]);
  });

  it('follows the chain over events this person may not hear', async () => {
    const wire = await signIn();
    wire.says({ session_id: SESSION, snapshot: {}, seq: 5 });
    wire.says({ session_id: SESSION, events: [kept(9, 5), kept(12, 9)] });
    expect(heard).toEqual([9, 12]);
  });

  it('asks once, with its place, when the chain breaks, and applies nothing past the gap', async () => {
    const wire = await signIn();
    wire.says({ session_id: SESSION, snapshot: {}, seq: 5 });
    wire.says({ session_id: SESSION, events: [kept(8, 7)] });
    wire.says({ session_id: SESSION, events: [kept(9, 8)] });
    expect(hall.waits()).toEqual([GAP_PAUSE_MS]);
    await hall.wind();
    expect(wire.count('subscribe')).toBe(2);
    expect(wire.last('subscribe')).toMatchObject({ since: 5 });
    expect(heard).toEqual([]);
    wire.says({ session_id: SESSION, events: [kept(7, 5), kept(8, 7), kept(9, 8)] });
    wire.says({ session_id: SESSION, caught_up: 9 });
    expect(heard).toEqual([7, 8, 9]);
  });

  it('notices by an ephemeral event that a kept one is missing', async () => {
    const wire = await signIn();
    wire.says({ session_id: SESSION, snapshot: {}, seq: 5 });
    wire.says({ session_id: SESSION, events: [{ after: 5, name: 'chat.reacted', data: {} }] });
    expect(heard).toHaveLength(1);
    wire.says({ session_id: SESSION, events: [{ after: 7, name: 'chat.reacted', data: {} }] });
    expect(heard).toHaveLength(1);
    expect(hall.waits()).toEqual([GAP_PAUSE_MS]);
  });

  it('starts over from a snapshot when the log does not reach back', async () => {
    const wire = await signIn();
    wire.says({ session_id: SESSION, snapshot: {}, seq: 5 });
    wire.says({ session_id: SESSION, resync: true });
    wire.says({ session_id: SESSION, snapshot: {}, seq: 90 });
    wire.says({ session_id: SESSION, events: [kept(91)] });
    expect(listener.snapshot).toHaveBeenCalledTimes(2);
    expect(heard).toEqual([91]);
  });

  it('comes back with its place after the socket was lost, waiting longer each time', async () => {
    const wire = await signIn();
    wire.says({ session_id: SESSION, snapshot: {}, seq: 5 });
    wire.onclose?.({ code: 1006 });
    await hall.settle();
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      waits.push(...hall.waits());
      await hall.wind();
      hall.last().onclose?.({ code: 1006 });
      await hall.settle();
    }
    expect(waits[0]).toBeLessThanOrEqual(FIRST_RETRY_MS);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(Math.max(...waits)).toBe(LONGEST_RETRY_MS);
    await hall.wind();
    const again = await signIn();
    expect(again.last('subscribe')).toMatchObject({ since: 5 });
    expect(socket.getStatus()).toEqual({ state: 'open', attempt: 0, retryAt: null });
  });

  it('tries at once when asked to', async () => {
    const wire = await signIn();
    wire.onclose?.({ code: 1006 });
    await hall.settle();
    socket.retryNow();
    await hall.settle();
    expect(hall.sockets).toHaveLength(2);
    expect(hall.waits()).toEqual([]);
  });

  it('renews its token when the server closes with 4401', async () => {
    const wire = await signIn();
    wire.onclose?.({ code: 4401 });
    await hall.settle();
    expect(hall.given.renewed).toEqual(['t']);
    expect(socket.getStatus().state).toBe('waiting');
  });

  it('hands a refused subscription to its listener', async () => {
    const wire = await signIn();
    wire.says({ reply_to: wire.last('subscribe')?.['id'], problem: { code: 'moderation/blocked', status: 403 } });
    expect(listener.refused).toHaveBeenCalledWith(expect.objectContaining({ code: 'moderation/blocked' }));
  });

  it('hands on that a subscription was taken away', async () => {
    const wire = await signIn();
    wire.says({ session_id: SESSION, removed: true, problem: { code: 'moderation/blocked', status: 403 } });
    expect(listener.refused).toHaveBeenCalledTimes(1);
  });

  it('closes when nobody listens any more, and stays closed', async () => {
    const fresh = new EventSocket(hall.given);
    const leave = fresh.subscribe(SESSION, listener);
    const wire = await signIn();
    leave();
    await hall.settle();
    expect(wire.closed).toBe(true);
    expect(fresh.getStatus().state).toBe('closed');
  });
});

describe('frames', () => {
  it('reads what it knows and passes over what it does not', () => {
    expect(readFrame('{"session_id":"s","caught_up":3,"more":[1]}')).toMatchObject({ caught_up: 3 });
    expect(readFrame('{"session_id":5}')).toBeNull();
    expect(readFrame('not json')).toBeNull();
  });
});

describe('Chain', () => {
  it('drops everything until there is a snapshot', () => {
    expect(new Chain().judge({ ...kept(3), prev: 2 })).toBe('drop');
  });

  it('does not go back when catching up ends before what it has', () => {
    const chain = new Chain();
    chain.snapshot(9);
    chain.caughtUp(4);
    expect(chain.last).toBe(9);
  });
});
