// A page of an app team: the stock LiveKit client, loaded beside nothing else, one named tile for each picture.
import path from 'node:path';

import type { Person } from './person.ts';

const SDK = path.resolve(import.meta.dirname, '../node_modules/livekit-client/dist/livekit-client.umd.js');

export interface Media {
  url: string;
  token: string;
}

/** Connects the stock client, publishing if asked; resolves once connected (and published). */
export async function connect(person: Person, media: Media, publish: boolean): Promise<void> {
  await person.page.goto('/healthz');
  await person.page.evaluate(() => document.body.replaceChildren());
  await person.page.addScriptTag({ path: SDK });
  await person.page.evaluate(
    async ([url, token, wants]) => {
      const { Room, RoomEvent } = (globalThis as unknown as { LivekitClient: typeof import('livekit-client') }).LivekitClient;
      const room = new Room({ singlePeerConnection: false, adaptiveStream: false, dynacast: true });
      room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
        const tile = document.createElement('div');
        tile.setAttribute('role', 'group');
        tile.setAttribute('aria-label', participant.name ?? participant.identity);
        const element = track.attach();
        element.dataset['userId'] = participant.identity;
        tile.append(element);
        document.body.append(tile);
      });
      room.on(RoomEvent.TrackUnsubscribed, (track) => track.detach().forEach((element) => element.remove()));
      room.on(RoomEvent.Disconnected, (reason) => Object.assign(globalThis, { gone: String(reason) }));
      Object.assign(globalThis, { room });
      await room.connect(url, token);
      if (wants) await room.localParticipant.enableCameraAndMicrophone();
    },
    [media.url, media.token, publish] as const,
  );
}
