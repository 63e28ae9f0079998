// The one socket to `/v1/events`: signs in by its first frame, resumes by seq, comes back by itself.
import { Chain } from './chain';
import { readFrame, toLiveEvent, type Frame, type LiveEvent } from './frames';

export type SocketState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

export interface SocketStatus {
  state: SocketState;
  /** Tries since the last time the socket was open. */
  attempt: number;
  /** When the next try starts, in ms since the epoch, while waiting. */
  retryAt: number | null;
}

export interface SessionListener {
  snapshot(snapshot: Record<string, unknown>, seq: number): void;
  event(event: LiveEvent): void;
  refused(problem: { code: string; detail?: string | null | undefined }): void;
}

/** What the socket needs of the world, so that tests can hand in their own. */
export interface SocketWorld {
  open(): SocketLike;
  token(): Promise<string | null>;
  renew(token: string): Promise<boolean>;
  now(): number;
  later(run: () => void, ms: number): () => void;
  random(): number;
}

export interface SocketLike {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((close: { code: number }) => void) | null;
  onerror: (() => void) | null;
}

export const FIRST_RETRY_MS = 300;
export const LONGEST_RETRY_MS = 5_000;
/** After a gap the page waits this long before it asks again, so that a burst asks once. */
export const GAP_PAUSE_MS = 50;

const CLOSED_TOKEN = 4401;
const CLOSED_KICKED = 4403;
const CLOSED_ENDED = 4410;

interface Subscription {
  listener: SessionListener;
  chain: Chain;
  requestId: number | null;
  asking: boolean;
}

export class EventSocket {
  private socket: SocketLike | null = null;
  private status: SocketStatus = { state: 'idle', attempt: 0, retryAt: null };
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly watchers = new Set<() => void>();
  private cancelRetry: (() => void) | null = null;
  private nextId = 1;
  private authId: number | null = null;
  private token: string | null = null;
  private ready = false;

  constructor(private readonly world: SocketWorld) {}

  getStatus = (): SocketStatus => this.status;

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  subscribe(sessionId: string, listener: SessionListener): () => void {
    const subscription: Subscription = { listener, chain: new Chain(), requestId: null, asking: false };
    this.subscriptions.set(sessionId, subscription);
    if (this.ready) this.ask(sessionId, subscription);
    else if (this.status.state === 'idle' || this.status.state === 'closed') void this.connect();
    return () => {
      if (this.subscriptions.get(sessionId) !== subscription) return;
      this.subscriptions.delete(sessionId);
      if (this.ready) this.send({ id: this.id(), type: 'unsubscribe', session_id: sessionId });
      if (this.subscriptions.size === 0) this.stop();
    };
  }

  /** Tries at once instead of waiting: the network came back, or the person asked. */
  retryNow = (): void => {
    if (this.status.state !== 'waiting') return;
    this.cancelRetry?.();
    this.cancelRetry = null;
    void this.connect();
  };

  /** Asks for a new snapshot: what this person may hear has changed. */
  refresh(sessionId: string): void {
    const subscription = this.subscriptions.get(sessionId);
    if (subscription === undefined || !this.ready) return;
    subscription.chain.reset();
    this.ask(sessionId, subscription);
  }

  /** Signs in again: the person signed in or out while the page was open. */
  restart(): void {
    const wanted = this.subscriptions.size > 0;
    this.stop();
    for (const subscription of this.subscriptions.values()) subscription.chain.reset();
    if (wanted) void this.connect();
  }

  private async connect(): Promise<void> {
    this.set({ state: 'connecting', attempt: this.status.attempt + 1, retryAt: null });
    const token = await this.world.token().catch(() => null);
    if (this.status.state !== 'connecting') return;
    if (token === null) return this.retry();
    this.token = token;
    const socket = this.world.open();
    this.socket = socket;
    socket.onopen = () => {
      this.authId = this.id();
      this.send({ id: this.authId, type: 'authenticate', access_token: token });
    };
    socket.onmessage = (message) => {
      const frame = typeof message.data === 'string' ? readFrame(message.data) : null;
      if (frame !== null && this.socket === socket) this.take(frame);
    };
    socket.onclose = (close) => {
      if (this.socket === socket) void this.lost(close.code);
    };
    socket.onerror = () => undefined;
  }

  private take(frame: Frame): void {
    if (frame.reply_to !== undefined && frame.reply_to === this.authId) return void this.authenticated(frame);
    if (frame.reply_to !== undefined) return this.answered(frame);
    const subscription = frame.session_id === undefined ? undefined : this.subscriptions.get(frame.session_id);
    if (subscription === undefined || frame.session_id === undefined) return;
    if (frame.removed === true && frame.problem !== undefined) return subscription.listener.refused(frame.problem);
    if (frame.resync !== undefined) return subscription.chain.reset();
    if (frame.snapshot !== undefined) return this.snapshot(subscription, frame.snapshot, frame.seq ?? 0);
    if (frame.events !== undefined) this.events(frame.session_id, subscription, frame.events.map(toLiveEvent));
    if (frame.caught_up !== undefined) this.caughtUp(subscription, frame);
  }

  private caughtUp(subscription: Subscription, frame: Frame): void {
    subscription.asking = false;
    const seq = typeof frame.caught_up === 'number' ? frame.caught_up : frame.seq;
    if (typeof seq === 'number') subscription.chain.caughtUp(seq);
  }

  private async authenticated(frame: Frame): Promise<void> {
    this.authId = null;
    if (frame.problem !== undefined) {
      const again = this.token !== null && (await this.world.renew(this.token).catch(() => false));
      if (!again) this.set({ ...this.status, attempt: this.status.attempt + 1 });
      return this.socket?.close(1000);
    }
    this.ready = true;
    this.set({ state: 'open', attempt: 0, retryAt: null });
    for (const [sessionId, subscription] of this.subscriptions) this.ask(sessionId, subscription);
  }

  private answered(frame: Frame): void {
    if (frame.problem === undefined) return;
    for (const subscription of this.subscriptions.values()) {
      if (subscription.requestId !== frame.reply_to) continue;
      subscription.asking = false;
      subscription.listener.refused(frame.problem);
    }
  }

  private snapshot(subscription: Subscription, snapshot: Record<string, unknown>, seq: number): void {
    subscription.asking = false;
    subscription.chain.snapshot(seq);
    subscription.listener.snapshot(snapshot, seq);
  }

  private events(sessionId: string, subscription: Subscription, events: LiveEvent[]): void {
    for (const event of events) {
      const verdict = subscription.chain.judge(event);
      if (verdict === 'apply') subscription.listener.event(event);
      if (verdict === 'gap') return this.fillGap(sessionId, subscription);
    }
  }

  private fillGap(sessionId: string, subscription: Subscription): void {
    if (subscription.asking) return;
    subscription.asking = true;
    this.world.later(() => {
      if (this.ready && this.subscriptions.get(sessionId) === subscription) this.ask(sessionId, subscription);
    }, GAP_PAUSE_MS);
  }

  private ask(sessionId: string, subscription: Subscription): void {
    subscription.requestId = this.id();
    const since = subscription.chain.last;
    this.send({
      id: subscription.requestId,
      type: 'subscribe',
      session_id: sessionId,
      ...(since === null ? {} : { since }),
    });
  }

  private async lost(code: number): Promise<void> {
    this.socket = null;
    this.ready = false;
    for (const subscription of this.subscriptions.values()) subscription.asking = false;
    if (code === CLOSED_KICKED) this.refuseAll('stage/kicked');
    if (code === CLOSED_ENDED) this.refuseAll('sessions/ended');
    if (code === CLOSED_TOKEN && this.token !== null) await this.world.renew(this.token).catch(() => false);
    if (this.status.state === 'closed' || this.subscriptions.size === 0) return;
    this.retry();
  }

  private refuseAll(code: string): void {
    for (const subscription of [...this.subscriptions.values()]) subscription.listener.refused({ code });
  }

  private retry(): void {
    const doubled = FIRST_RETRY_MS * 2 ** Math.min(this.status.attempt - 1, 10);
    const wait = Math.min(doubled, LONGEST_RETRY_MS) * (0.75 + this.world.random() * 0.5);
    this.set({ ...this.status, state: 'waiting', retryAt: this.world.now() + wait });
    this.cancelRetry = this.world.later(() => {
      this.cancelRetry = null;
      void this.connect();
    }, wait);
  }

  private stop(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.ready = false;
    this.set({ state: 'closed', attempt: 0, retryAt: null });
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
  }

  private send(frame: Record<string, unknown>): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private id(): number {
    return this.nextId++;
  }

  private set(status: SocketStatus): void {
    this.status = status;
    for (const watcher of this.watchers) watcher();
  }
}
