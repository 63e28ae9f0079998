// How much of other people's pictures this browser asks for; remembered, because it is about the line, not the show.
export type Receiving = 'auto' | 'saver' | 'sound';

export const RECEIVING: readonly Receiving[] = ['auto', 'saver', 'sound'];

const KEY = 'onstage.receiving';

export function readReceiving(): Receiving {
  try {
    const kept = localStorage.getItem(KEY);
    return RECEIVING.find((word) => word === kept) ?? 'auto';
  } catch {
    return 'auto';
  }
}

export function keepReceiving(receiving: Receiving): void {
  try {
    localStorage.setItem(KEY, receiving);
  } catch {
    // Chosen again next time.
  }
}
