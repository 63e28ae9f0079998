// An app of the document S3, as its reader writes it: `useWebSocket` (a hook there, a function here), `WebRTCManager`
// and the handlers of `LiveRoomEnhanced`. It knows nothing of Onstage but that document, and `since` (`shapes.md` §6).

const PING_MS = 30_000;

/** Connects, pings, and comes back: after 3 s each time, or after 3, 6, 12 s where `backoff` is set; five times at most. */
export function useWebSocket(url, token, options) {
  const { onMessage, onOpen, onClose, since, backoff = false, autoReconnect = true, reconnectInterval = 3000, maxReconnectAttempts = 5 } = options;
  const hook = { isConnected: false, attempts: 0, opened: 0, closedWith: null, send, disconnect, reconnect };
  let socket = null;
  let heartbeat = null;
  let timer = null;
  let wanted = true;

  function connect() {
    const from = since?.();
    socket = new WebSocket(`${url}?token=${encodeURIComponent(token)}&username=USER${from === undefined ? '' : `&since=${from}`}`);
    const mine = socket;
    mine.onopen = () => {
      hook.isConnected = true;
      hook.attempts = 0;
      hook.opened += 1;
      heartbeat = setInterval(() => send({ action: 'ping' }), PING_MS);
      onOpen?.();
    };
    mine.onmessage = (event) => onMessage(JSON.parse(event.data));
    mine.onclose = (event) => {
      hook.isConnected = false;
      hook.closedWith = event.code;
      clearInterval(heartbeat);
      onClose?.(event);
      if (!wanted || !autoReconnect || hook.attempts >= maxReconnectAttempts) return;
      const wait = backoff ? reconnectInterval * 2 ** hook.attempts : reconnectInterval;
      hook.attempts += 1;
      timer = setTimeout(connect, wait);
    };
  }

  function send(data) {
    socket.send(JSON.stringify(data));
  }

  function disconnect() {
    wanted = false;
    clearTimeout(timer);
    socket.close();
  }

  function reconnect() {
    wanted = true;
    hook.attempts = 0;
    hook.closedWith = null;
    clearTimeout(timer);
    connect();
  }

  connect();
  return hook;
}

/** One peer connection for each other person on stage; candidates wait until their description is there. */
export class WebRTCManager {
  constructor(localStream, signal, onStream) {
    Object.assign(this, { localStream, signal, onStream });
    this.peers = new Map();
    this.waiting = new Map();
  }

  createPeerConnection(userId) {
    const peer = new RTCPeerConnection({ iceServers: [] });
    for (const track of this.localStream.getTracks()) peer.addTrack(track, this.localStream);
    peer.ontrack = ({ streams: [stream] }) => this.onStream(userId, stream);
    peer.onicecandidate = ({ candidate }) => candidate && this.signal(userId, 'ice', candidate.toJSON());
    this.peers.set(userId, peer);
    return peer;
  }

  async createOffer(userId) {
    const peer = this.createPeerConnection(userId);
    await peer.setLocalDescription(await peer.createOffer());
    this.signal(userId, 'offer', peer.localDescription.toJSON());
  }

  async handleOffer(userId, offer) {
    const peer = this.createPeerConnection(userId);
    await peer.setRemoteDescription(offer);
    await this.addWaiting(userId, peer);
    await peer.setLocalDescription(await peer.createAnswer());
    this.signal(userId, 'answer', peer.localDescription.toJSON());
  }

  async handleAnswer(userId, answer) {
    const peer = this.peers.get(userId);
    await peer.setRemoteDescription(answer);
    await this.addWaiting(userId, peer);
  }

  async handleIceCandidate(userId, candidate) {
    const peer = this.peers.get(userId);
    if (peer?.remoteDescription) await peer.addIceCandidate(candidate);
    else this.waiting.set(userId, [...(this.waiting.get(userId) ?? []), candidate]);
  }

  async addWaiting(userId, peer) {
    for (const candidate of this.waiting.get(userId) ?? []) await peer.addIceCandidate(candidate);
    this.waiting.delete(userId);
  }

  removePeerConnection(userId) {
    this.peers.get(userId)?.close();
    this.peers.delete(userId);
  }

  toggleAudio(enabled) {
    for (const track of this.localStream.getAudioTracks()) track.enabled = enabled;
  }

  toggleVideo(enabled) {
    for (const track of this.localStream.getVideoTracks()) track.enabled = enabled;
  }
}

/** What `LiveRoomEnhanced` keeps, and a handler for each type the document names. */
export class SocketApp {
  constructor(server, sessionId, token, me, options = {}) {
    this.me = me;
    this.participants = new Map();
    this.viewerCount = null;
    this.chat = [];
    this.reactions = [];
    this.guestRequests = [];
    this.errors = [];
    this.problems = [];
    /** Every frame as it came, for whoever looks on. */
    this.frames = [];
    this.lastSeq = undefined;
    this.webrtc = null;
    // One frame after the other, also where a handler waits: an offer comes before its candidates.
    this.work = Promise.resolve();
    const { resume = true, ...rest } = options;
    this.socket = useWebSocket(`${server.replace('http', 'ws')}/ws/live/${sessionId}`, token, {
      ...rest,
      since: () => (resume ? this.lastSeq : undefined),
      onMessage: (data) => {
        this.frames.push(data);
        if (typeof data.seq === 'number') this.lastSeq = Math.max(this.lastSeq ?? 0, data.seq);
        this.work = this.work.then(() => this.handle(data)).catch((error) => this.problems.push(`${data.type}: ${error}`));
      },
    });
  }

  send(data) {
    this.socket.send(data);
  }

  /** How the connection stands. */
  connection() {
    const { isConnected, attempts, opened, closedWith } = this.socket;
    return { isConnected, attempts, opened, closedWith };
  }

  reconnect() {
    this.socket.reconnect();
  }

  disconnect() {
    this.socket.disconnect();
  }

  async handle(data) {
    const handlers = {
      current_participants: () => this.handleCurrentParticipants(data),
      user_joined: () => this.handleUserJoined(data),
      user_left: () => this.handleUserLeft(data),
      chat_message: () => this.chat.push(data),
      reaction: () => this.reactions.push(data),
      guest_request: () => this.guestRequests.push(data),
      guest_approved: () => this.startMediaStream(),
      guest_rejected: () => undefined,
      guest_joined: () => this.handleGuestJoined(data),
      force_mute_audio: () => this.webrtc?.toggleAudio(false),
      force_mute_video: () => this.webrtc?.toggleVideo(false),
      kicked: () => undefined,
      promoted: () => undefined,
      participant_media_changed: () => Object.assign(this.participants.get(data.user_id) ?? {}, data),
      webrtc_signal: () => this.handleWebRTCSignal(data),
      session_ended: () => undefined,
      unmute_requested: () => undefined,
      pong: () => undefined,
      error: () => this.errors.push(data),
    };
    await handlers[data.type]?.();
  }

  handleCurrentParticipants({ participants, viewer_count }) {
    this.participants = new Map(participants.map((person) => [person.user_id, person]));
    this.viewerCount = viewer_count;
  }

  handleUserJoined(data) {
    this.participants.set(data.user_id, data);
    this.viewerCount = data.viewer_count;
  }

  handleUserLeft({ user_id, viewer_count }) {
    this.participants.delete(user_id);
    this.viewerCount = viewer_count;
    this.webrtc?.removePeerConnection(user_id);
    document.querySelector(`[role="group"][data-user-id="${user_id}"]`)?.remove();
  }

  /** Who is on stage already offers to the newcomer; the newcomer answers. */
  async handleGuestJoined({ user_id, username }) {
    const known = this.participants.get(user_id);
    this.participants.set(user_id, { ...known, user_id, username, role: 'guest' });
    if (this.webrtc !== null && user_id !== this.me) await this.webrtc.createOffer(user_id);
  }

  /** Calls somebody who is on stage already; `server` is everybody. */
  async call(userId) {
    await this.webrtc.createOffer(userId);
  }

  /** Camera and microphone, for whoever goes on stage. */
  async startMediaStream() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const signal = (to_user_id, signal_type, signal_data) => this.send({ action: 'webrtc_signal', to_user_id, signal_type, signal_data });
    this.webrtc = new WebRTCManager(stream, signal, (userId, remote) => this.render(userId, remote));
  }

  async handleWebRTCSignal({ signal_type, from_user_id, signal_data }) {
    if (signal_type === 'offer') await this.webrtc.handleOffer(from_user_id, signal_data);
    if (signal_type === 'answer') await this.webrtc.handleAnswer(from_user_id, signal_data);
    if (signal_type === 'ice') await this.webrtc.handleIceCandidate(from_user_id, signal_data);
  }

  render(userId, stream) {
    if (document.querySelector(`[role="group"][data-user-id="${userId}"]`) !== null) return;
    const tile = document.createElement('div');
    tile.setAttribute('role', 'group');
    tile.setAttribute('aria-label', this.participants.get(userId)?.username ?? userId);
    tile.dataset.userId = userId;
    const video = document.createElement('video');
    Object.assign(video, { srcObject: stream, autoplay: true, muted: true, playsInline: true });
    tile.append(video);
    document.body.append(tile);
  }
}
