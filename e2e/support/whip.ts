// Pages that know nothing of Onstage: plain `fetch` and RTCPeerConnection, as RFC 9725 and its sibling for viewers say.
import { expect } from '@playwright/test';

import type { Person } from './person.ts';
import type { Server } from './server.ts';

interface Session {
  status: number;
  code?: string;
  location: string;
  etag: string;
  links: string;
}

/** Publishes the fake camera and microphone; resolves with what the server answered. */
export async function publish(person: Person, server: Server, token: string): Promise<Session> {
  await person.page.goto(`${server.url}/healthz`);
  return person.page.evaluate(
    async ([endpoint, bearer]) => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
      const connection = new RTCPeerConnection();
      stream.getTracks().forEach((track) => connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] }));
      await connection.setLocalDescription();
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/sdp' },
        body: connection.localDescription?.sdp ?? '',
      });
      const header = (name: string): string => answer.headers.get(name) ?? '';
      const session = { status: answer.status, location: header('location'), etag: header('etag'), links: header('link') };
      const text = await answer.text();
      Object.assign(globalThis, { connection });
      if (!answer.ok) return { ...session, code: (JSON.parse(text) as { code: string }).code };
      await connection.setRemoteDescription({ type: 'answer', sdp: text });
      return session;
    },
    [`${server.url}/whip/v1`, token] as const,
  );
}

/** Watches: one picture and one sound, in a tile with that name. */
export async function watch(person: Person, server: Server, token: string, tile: string): Promise<Session> {
  await person.page.goto(`${server.url}/healthz`);
  return person.page.evaluate(
    async ([endpoint, bearer, name]) => {
      const connection = new RTCPeerConnection();
      const group = document.createElement('div');
      group.setAttribute('role', 'group');
      group.setAttribute('aria-label', name);
      const video = document.createElement('video');
      Object.assign(video, { autoplay: true, muted: true, playsInline: true });
      group.append(video);
      document.body.replaceChildren(group);
      const stream = new MediaStream();
      connection.ontrack = ({ track }) => {
        stream.addTrack(track);
        video.srcObject = stream;
      };
      connection.addTransceiver('video', { direction: 'recvonly' });
      connection.addTransceiver('audio', { direction: 'recvonly' });
      await connection.setLocalDescription();
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/sdp' },
        body: connection.localDescription?.sdp ?? '',
      });
      const header = (word: string): string => answer.headers.get(word) ?? '';
      await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
      Object.assign(globalThis, { connection });
      return { status: answer.status, location: header('location'), etag: header('etag'), links: header('link') };
    },
    [`${server.url}/whep/v1`, token, tile] as const,
  );
}

/** Packets of sound that came to a page. */
export async function packetsOfSound(person: Person): Promise<number> {
  return person.page.evaluate(async () => {
    const { connection } = globalThis as unknown as { connection: RTCPeerConnection };
    const reports = [...(await connection.getStats()).values()] as { type: string; kind?: string; packetsReceived?: number }[];
    return reports.find((report) => report.type === 'inbound-rtp' && report.kind === 'audio')?.packetsReceived ?? 0;
  });
}

/** Restarts ICE as section 4.3.2 says: a new name and password by PATCH, and our side of them into the old answer. */
export async function restart(person: Person, server: Server, token: string, session: Session): Promise<number> {
  return person.page.evaluate(
    async ([resource, bearer]) => {
      const { connection } = globalThis as unknown as { connection: RTCPeerConnection };
      connection.restartIce();
      await connection.setLocalDescription();
      const offer = connection.localDescription?.sdp ?? '';
      const line = (text: string, name: string): string => text.split('\r\n').find((one) => one.startsWith(name)) ?? '';
      const pair = [line(offer, 'a=ice-ufrag:'), line(offer, 'a=ice-pwd:')];
      const answer = await fetch(resource, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' },
        body: `${pair.join('\r\n')}\r\n`,
      });
      const fragment = await answer.text();
      const theirs = (connection.currentRemoteDescription?.sdp ?? '')
        .replace(/a=ice-ufrag:.*/g, line(fragment, 'a=ice-ufrag:'))
        .replace(/a=ice-pwd:.*/g, line(fragment, 'a=ice-pwd:'));
      await connection.setRemoteDescription({ type: 'answer', sdp: theirs });
      return answer.status;
    },
    [server.url + session.location, token] as const,
  );
}

/** Waits until the server knows the session no more; asking does not end it. */
export async function isOver(person: Person, server: Server, token: string, session: Session): Promise<void> {
  const status = () =>
    person.page.evaluate(
      async ([resource, bearer]) =>
        (await fetch(resource, { method: 'PATCH', headers: { authorization: `Bearer ${bearer}` } })).status,
      [server.url + session.location, token] as const,
    );
  await expect.poll(status, { message: 'the session is gone', timeout: 60_000 }).toBe(404);
}
