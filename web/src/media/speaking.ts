// Who speaks, steadied: on after 120 ms of voice, off after 600, so that a cough lights nobody.

export const SPEAK_ON_MS = 120;
export const SPEAK_OFF_MS = 600;

export class Speaking {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly shown = new Set<string>();

  constructor(private readonly report: (identity: string, speaks: boolean) => void) {}

  /** The server's list of who is loud right now. */
  heard(identities: string[]): void {
    const now = new Set(identities);
    for (const identity of new Set([...now, ...this.shown, ...this.timers.keys()])) this.steady(identity, now.has(identity));
  }

  private steady(identity: string, speaks: boolean): void {
    this.cancel(identity);
    if (speaks === this.shown.has(identity)) return;
    const timer = setTimeout(() => this.show(identity, speaks), speaks ? SPEAK_ON_MS : SPEAK_OFF_MS);
    this.timers.set(identity, timer);
  }

  private show(identity: string, speaks: boolean): void {
    this.timers.delete(identity);
    if (speaks) this.shown.add(identity);
    else this.shown.delete(identity);
    this.report(identity, speaks);
  }

  private cancel(identity: string): void {
    const timer = this.timers.get(identity);
    if (timer !== undefined) clearTimeout(timer);
    this.timers.delete(identity);
  }

  /** The person left: their light goes out at once. */
  gone(identity: string): void {
    this.cancel(identity);
    if (this.shown.has(identity)) this.show(identity, false);
  }

  clear(): void {
    for (const identity of [...this.timers.keys()]) this.cancel(identity);
    this.shown.clear();
  }
}
