import type { EventStream } from '../src/live/connection';

/** A stream of events that come when the test says so. */
export class Stream implements EventStream {
  static all: Stream[] = [];
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();

  constructor(readonly since: number) {
    Stream.all.push(this);
  }

  static get last(): Stream {
    return Stream.all.at(-1)!;
  }

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  send(type: string, data: object): void {
    this.listeners.get(type)!({ data: JSON.stringify(data) } as MessageEvent<string>);
  }

  fail(): void {
    this.onerror!({} as Event);
  }
}

export const fresh = (sequence: number) => ({
  sequence,
  asOf: '2026-03-04T10:30:00Z',
  now: '2026-03-04T10:30:02Z',
  confirmedAt: '2026-03-04T10:30:01Z',
});
