// An app of the document S1, as its reader writes it: `fetch` for `/live/*`, livekit-client for picture and sound. It
// knows nothing of Onstage but that document. It has no socket, so what others do it asks for.
import { Room, RoomEvent, Track } from 'livekit-client';

export class LiveApp {
  constructor(server, token) {
    this.server = server;
    this.token = token;
    this.room = null;
    /** Why the media connection ended, once it has. */
    this.gone = null;
  }

  async call(method, path, body) {
    const response = await fetch(`${this.server}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${response.status} ${answer.detail ?? answer.title}`);
    return answer;
  }

  start(session) {
    return this.call('POST', '/live/start', session);
  }

  join(session_id) {
    return this.call('POST', '/live/join', { session_id });
  }

  end(session_id) {
    return this.call('POST', `/live/end/${session_id}`);
  }

  requestGuest(session_id, message) {
    return this.call('POST', '/live/request-guest', { session_id, request_type: 'guest', message });
  }

  respond(request_id, action) {
    return this.call('POST', '/live/respond-guest-request', { request_id, action });
  }

  guestRequests(session_id, status) {
    return this.call('GET', `/live/guest-requests/${session_id}?status=${status}`);
  }

  manage(session_id, user_id, action) {
    return this.call('POST', '/live/manage-participant', { session_id, user_id, action });
  }

  participants(session_id) {
    return this.call('GET', `/live/participants/${session_id}`);
  }

  say(session_id, message) {
    return this.call('POST', '/live/send-message', { session_id, message, message_type: 'text' });
  }

  messages(session_id, before) {
    return this.call('GET', `/live/messages/${session_id}?limit=50${before === undefined ? '' : `&before=${encodeURIComponent(before)}`}`);
  }

  /** The document's own call carries no token. */
  async active() {
    const response = await fetch(`${this.server}/live/active?limit=20`);
    return response.json();
  }

  session(session_id) {
    return this.call('GET', `/live/session/${session_id}`);
  }

  react(session_id, reaction_type) {
    return this.call('POST', '/live/react', { session_id, reaction_type });
  }

  async connect(webrtcConfig) {
    const room = new Room();
    room.on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
      const tile = document.createElement('div');
      tile.setAttribute('role', 'group');
      tile.setAttribute('aria-label', participant.name ?? participant.identity);
      const element = track.attach();
      element.dataset.userId = participant.identity;
      tile.append(element);
      document.body.append(tile);
    });
    room.on(RoomEvent.TrackUnsubscribed, (track) => {
      for (const element of track.detach()) element.parentElement?.remove();
    });
    room.on(RoomEvent.Disconnected, () => (this.gone = true));
    this.gone = false;
    this.room = room;
    await room.connect(webrtcConfig.server_url, webrtcConfig.participant_token);
  }

  /** LiveKit tells the permission in band; whoever goes up waits for it. */
  async publish() {
    const { room } = this;
    while (room.localParticipant.permissions?.canPublish === false) {
      await new Promise((resolve) => room.once(RoomEvent.ParticipantPermissionsChanged, resolve));
    }
    await room.localParticipant.enableCameraAndMicrophone();
  }

  /** Whether this app's own microphone is muted, by whomever. */
  microphoneMuted() {
    return this.room.localParticipant.getTrackPublication(Track.Source.Microphone)?.isMuted ?? null;
  }
}
