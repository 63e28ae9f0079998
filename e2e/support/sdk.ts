// A page of an app team: the stock LiveKit client, loaded beside nothing else, one named tile for each picture.
import path from 'node:path';

import type { Person } from './person.ts';

/** Releases of the stock client, by the folder they are installed in. */
export type Release = 'livekit-client' | 'livekit-client-2.15';

export function script(release: Release): string {
  return path.resolve(import.meta.dirname, '../node_modules', release, 'dist/livekit-client.umd.js');
}

export interface Media {
  url: string;
  token: string;
}

export interface Stock {
  /** Which release; the current one unless told. */
  release?: Release;
  /** What its `Room` is made with, on top of its own defaults. */
  options?: Record<string, unknown>;
}

/** Two connections, as clients before the single one have them. */
export const DUAL: Stock = { options: { singlePeerConnection: false } };

/** Connects the stock client, publishing if asked; resolves once connected (and published). */
export async function connect(person: Person, media: Media, publish: boolean, stock: Stock = DUAL): Promise<void> {
  await person.page.goto('/healthz');
  await person.page.evaluate(() => document.body.replaceChildren());
  await person.page.addScriptTag({ path: script(stock.release ?? 'livekit-client') });
  await person.page.evaluate(
    async ([url, token, wants, options]) => {
      const { Room, RoomEvent } = (globalThis as unknown as { LivekitClient: typeof import('livekit-client') }).LivekitClient;
      const room = new Room({ adaptiveStream: false, dynacast: true, ...options });
      room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
        const tile = document.createElement('div');
        tile.setAttribute('role', 'group');
        tile.setAttribute('aria-label', participant.name ?? participant.identity);
        const element = track.attach();
        element.dataset['userId'] = participant.identity;
        tile.append(element);
        document.body.append(tile);
        // The client has detached the element by itself when it tells of the end: the tile goes with its track.
        room.on(RoomEvent.TrackUnsubscribed, (ended) => ended === track && tile.remove());
      });
      room.on(RoomEvent.Disconnected, (reason) => Object.assign(globalThis, { gone: String(reason) }));
      Object.assign(globalThis, { room });
      await room.connect(url, token);
      if (wants) await room.localParticipant.enableCameraAndMicrophone();
    },
    [media.url, media.token, publish, stock.options ?? {}] as const,
  );
}
