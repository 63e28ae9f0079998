// One show on this page: joins, follows the events, runs the media, and keeps both in stores.
import { createStore } from 'zustand/vanilla';
import {
  AwayError,
  ProblemError,
  type JoinReply,
  type MediaKind,
  type Message,
  type Participant,
  type ReactionKind,
  type Session,
  type Snapshot,
} from '@/shared/api';
import { addMessage, chatFromSnapshot, emptyChat, reactMyself, reduceChat, removeMessage, type ChatState } from '@/features/chat';
import { events, type LiveEvent } from '@/realtime';
import { keepChoice, readChoice, videoSource, withVideo, type MediaChoice, type VideoSource } from '@/media';
import { NoMedia, StageClient, type Access, type Wishes } from '@/media/StageClient';
import { gelOf, initials } from '@/shared/format';
import { showApi } from './api';
import { blockedReason, emptyShow, fromSnapshot, isStaged, joined, type ShowState } from './model';
import { putPerson, reduce } from './reduce';

export type Phase = 'joining' | 'away' | 'live' | 'refused';

export interface Held {
  phase: Phase;
  problem: unknown;
  show: ShowState;
  chat: ChatState;
  /** The first snapshot is here: who is on stage is known. */
  synced: boolean;
  /** The person has said, in the green room, what they send. */
  ready: boolean;
}

const KICKED = ['moderation/blocked', 'stage/kicked'];
const RETRY_JOIN_MS = 2_000;

/** Whether a green room was passed for this show in this tab. */
function wasReady(id: string): boolean {
  try {
    return sessionStorage.getItem(`onstage.ready.${id}`) === '1';
  } catch {
    return false;
  }
}

export function rememberReady(id: string): void {
  try {
    sessionStorage.setItem(`onstage.ready.${id}`, '1');
  } catch {
    // Asked again after a reload.
  }
}

export class Show {
  readonly store;
  readonly client: StageClient;
  private reply: JoinReply | null = null;
  private unsubscribe: (() => void) | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private stopped = false;
  private up = false;
  /** Counts the events that showed a person, and where each person was shown last. */
  private tide = 0;
  private readonly shownAt = new Map<string, number>();

  constructor(
    readonly id: string,
    private readonly userId: string,
  ) {
    this.store = createStore<Held>(() => ({
      phase: 'joining',
      problem: null,
      show: emptyShow(),
      chat: emptyChat(),
      synced: false,
      ready: wasReady(id),
    }));
    this.client = new StageClient(
      () => this.access(),
      (error) => this.mediaRefused(error),
    );
  }

  start(): void {
    this.stopped = false;
    void this.join();
  }

  stop(): void {
    this.stopped = true;
    if (this.retry !== null) clearTimeout(this.retry);
    this.unsubscribe?.();
    this.unsubscribe = null;
    this.client.stop();
    this.up = false;
  }

  joinNow = (): void => {
    if (this.retry !== null) clearTimeout(this.retry);
    void this.join();
  };

  private async join(): Promise<void> {
    try {
      const reply = await showApi.join(this.id);
      if (this.stopped) return;
      this.reply = reply;
      this.store.setState({ phase: 'live', problem: null, show: joined(reply, this.userId) });
      this.follow();
      this.client.choose(readChoice());
      this.client.start();
      this.mediaFollowsSeat();
    } catch (problem) {
      if (this.stopped) return;
      const away = problem instanceof AwayError || (problem instanceof ProblemError && problem.status >= 500);
      this.store.setState({ phase: away ? 'away' : 'refused', problem });
      if (away) this.retry = setTimeout(this.joinNow, RETRY_JOIN_MS);
    }
  }

  /** The first token came with joining; later ones are asked for. */
  private async access(): Promise<Access> {
    const reply = this.reply ?? (await showApi.join(this.id));
    this.reply = null;
    if (!reply.media) throw new NoMedia();
    return reply.media;
  }

  private mediaRefused(error: unknown): void {
    if (error instanceof ProblemError) this.refused(error);
  }

  private follow(): void {
    this.unsubscribe?.();
    this.unsubscribe = events.subscribe(this.id, {
      snapshot: (raw) => this.snapshot(raw as unknown as Snapshot),
      event: (event) => this.event(event),
      refused: (problem) => this.refused(problem),
    });
  }

  private snapshot(snapshot: Snapshot): void {
    this.store.setState((state) => ({
      synced: true,
      show: fromSnapshot(state.show, snapshot),
      chat: chatFromSnapshot(state.chat, snapshot.messages),
    }));
    this.mediaFollowsSeat();
  }

  private event(event: LiveEvent): void {
    const shown = event.data['participant'] as Participant | undefined;
    if (shown) this.shownAt.set(shown.user_id, ++this.tide);
    const managed = this.store.getState().show.me?.mayManage ?? false;
    this.store.setState((state) => ({ show: reduce(state.show, event), chat: reduceChat(state.chat, event, state.show.me?.userId) }));
    const show = this.store.getState().show;
    if (!managed && show.me?.mayManage === true) events.refresh(this.id);
    if (show.kicked !== null || show.ended !== null) return this.over();
    this.mediaFollowsSeat();
  }

  private refused(problem: { code: string; detail?: string | null | undefined }): void {
    if (KICKED.includes(problem.code)) {
      this.update((show) => ({ ...show, kicked: show.kicked ?? { reason: blockedReason(problem) } }));
      this.over();
    } else if (problem.code === 'sessions/ended') {
      this.update((show) => ({ ...show, ended: show.ended ?? { reason: 'owner', summary: null } }));
      this.over();
    } else if (problem.code === 'sessions/not_found') {
      this.store.setState({ phase: 'refused', problem: new ProblemError({ code: problem.code, status: 404 }) });
      this.over();
    }
  }

  /** Nothing more will come: media and events stop, the last state stays readable. */
  private over(): void {
    this.unsubscribe?.();
    this.unsubscribe = null;
    this.client.stop();
    this.up = false;
  }

  /** Publishes when the person is on stage and ready, and stops when they are not; obeys a host's mute. */
  private mediaFollowsSeat(): void {
    const { show, ready } = this.store.getState();
    const me = show.me?.participant ?? null;
    const up = ready && isStaged(me) && me?.presence !== 'held';
    if (me !== null) this.client.wear({ userId: me.user_id, hue: gelOf(me.user_id), initials: initials(me.display_name) });
    if (up && !this.up && me !== null) void this.client.goUp(this.wishes(me));
    if (!up && this.up) void this.client.goDown();
    this.up = up;
    if (up && me?.host_muted_audio) void this.client.setMic(false);
    if (up && me?.host_muted_video) void this.client.setVideo(null);
  }

  private wishes(me: Participant): Wishes {
    const choice = readChoice();
    const shows = this.store.getState().show.session?.mode !== 'voice';
    return {
      mic: choice.microphone && me.may_speak && !me.host_muted_audio && !me.self_muted_audio,
      video: shows && me.may_show && !me.host_muted_video && !me.self_muted_video ? videoSource(choice) : null,
    };
  }

  /** The green room was passed: what is sent is decided, and the seat is taken. */
  async ready(choice: MediaChoice): Promise<void> {
    keepChoice(choice);
    rememberReady(this.id);
    this.client.choose(choice);
    const me = this.store.getState().show.me?.participant ?? null;
    if (me?.presence === 'held') await this.changing(showApi.goOnStage(this.id));
    this.store.setState({ ready: true });
    this.mediaFollowsSeat();
    void this.tellMedia({ audio_enabled: choice.microphone, video_enabled: videoSource(choice) !== null });
  }

  /** My own mute, told to the server too: it holds also where no track exists yet. */
  private async tellMedia(media: { audio_enabled?: boolean; video_enabled?: boolean }): Promise<void> {
    await this.changing(showApi.media(this.id, media)).catch(() => null);
  }

  async setMedia(kind: MediaKind, on: boolean): Promise<boolean> {
    if (kind === 'video') return this.setVideo(on ? 'camera' : null);
    if (on) this.answered('audio');
    keepChoice({ ...readChoice(), microphone: on });
    const told = this.tellMedia({ audio_enabled: on });
    const done = await this.client.setMic(on);
    await told;
    return done;
  }

  /** Who was asked to be heard or seen, and is, is asked no more. */
  private answered(media: MediaKind): void {
    if (this.store.getState().show.ask?.media === media) this.update((show) => ({ ...show, ask: null }));
  }

  /** The camera, my picture in its place, or neither. */
  async setVideo(source: VideoSource | null): Promise<boolean> {
    if (source !== null) this.answered('video');
    keepChoice(withVideo(readChoice(), source));
    const told = this.tellMedia({ video_enabled: source !== null });
    const done = await this.client.setVideo(source);
    await told;
    return done;
  }

  update(change: (show: ShowState) => ShowState): void {
    this.store.setState((state) => ({ show: change(state.show) }));
  }

  /** Takes the person a reply shows, unless an event that overtook it showed them as they were later. */
  async changing(call: Promise<{ participant?: Participant | null | undefined }>): Promise<void> {
    const asked = this.tide;
    const person = (await call)?.participant;
    if (!person || (this.shownAt.get(person.user_id) ?? 0) > asked) return;
    this.update((show) => putPerson(show, person));
    this.mediaFollowsSeat();
  }

  session(session: Session): void {
    this.update((show) => ({ ...show, session }));
  }

  message(message: Message): void {
    this.store.setState((state) => ({ chat: addMessage(state.chat, message) }));
  }

  reacted(kind: ReactionKind): void {
    this.store.setState((state) => ({ chat: reactMyself(state.chat, kind) }));
  }

  messageGone(id: string): void {
    this.store.setState((state) => ({ chat: removeMessage(state.chat, id) }));
  }
}
