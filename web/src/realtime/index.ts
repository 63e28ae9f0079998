// The app's one event socket, over the browser's WebSocket.
import { useSyncExternalStore } from 'react';
import { tokenSource } from '@/shared/api';
import { EventSocket, type SocketLike, type SocketStatus } from './socket';

export type { LiveEvent } from './frames';
export type { SessionListener, SocketStatus } from './socket';

export const events = new EventSocket({
  open: () => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    return new WebSocket(`${scheme}://${location.host}/v1/events`) as unknown as SocketLike;
  },
  token: () => tokenSource().ensure(),
  renew: (token) => tokenSource().renew(token),
  now: () => Date.now(),
  later: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
});

if (typeof window !== 'undefined') window.addEventListener('online', events.retryNow);

export function useSocketStatus(): SocketStatus {
  return useSyncExternalStore(events.watch, events.getStatus);
}
