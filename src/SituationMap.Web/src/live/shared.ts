import type { Hello } from '../api/types';
import { type EventStream, silenceLimit } from './connection';

/** What is passed on to the pages. */
export const eventTypes = [
  'hello',
  'status',
  'zone',
  'building',
  'checkpoint',
  'acknowledgement',
  'cover',
  'tiles',
  'heartbeat',
  'reload',
] as const;
export type SharedEvent = { type: (typeof eventTypes)[number] | 'error'; data: string };

/** A page that follows the feed. */
export interface Follower {
  /** Up to which sequence it knows everything. */
  known: number;
  tell: (event: SharedEvent) => void;
}

/**
 * One connection to the live feed for all pages of a browser, which opens no more than six to a server without HTTP/2.
 * Each page gets what comes after what it knows; one that knows less than has passed already makes the connection begin
 * anew from there, which the others do not notice.
 */
export class SharedFeed {
  readonly #followers = new Map<Follower, { greeted: boolean }>();
  #stream: EventStream | null = null;
  #since = 0;
  #begun = 0;
  #heard = 0;
  #sign: { hello: Hello; at: number } | null = null;

  constructor(
    private readonly open: (since: number) => EventStream,
    private readonly now: () => number = () => performance.now(),
  ) {}

  join(follower: Follower): void {
    if (this.#stream && this.now() - this.#heard > silenceLimit) this.#fail();
    const state = { greeted: false };
    this.#followers.set(follower, state);
    if (!this.#stream || follower.known < this.#begun) {
      this.#connect();
      return;
    }
    if (!this.#sign) return;
    state.greeted = true;
    follower.tell({ type: 'hello', data: JSON.stringify(this.#signAt(follower.known)) });
  }

  leave(follower: Follower): void {
    if (this.#followers.delete(follower) && this.#followers.size === 0) this.#close();
  }

  #connect(): void {
    this.#close();
    this.#heard = this.now();
    this.#since = this.#begun = Math.min(...[...this.#followers.keys()].map(({ known }) => known));
    const stream = this.open(this.#since);
    this.#stream = stream;
    for (const type of eventTypes)
      stream.addEventListener(type, ({ data }) => {
        if (stream !== this.#stream) return;
        this.#heard = this.now();
        this.#pass(type, data);
      });
    stream.onerror = () => {
      if (stream === this.#stream) this.#fail();
    };
  }

  #pass(type: (typeof eventTypes)[number], data: string): void {
    const parsed = JSON.parse(data) as Hello;
    if (type === 'hello' || type === 'heartbeat') this.#sign = { hello: parsed, at: this.now() };
    else this.#begun = Math.max(this.#begun, parsed.sequence);
    if (type === 'reload') {
      this.#startOver(data);
      return;
    }
    for (const [follower, state] of this.#followers) {
      if (type === 'hello') {
        if (state.greeted) continue;
        state.greeted = true;
      } else if (type !== 'heartbeat') {
        if (parsed.sequence <= follower.known) continue;
        // the last event of a batch
        if (type === 'tiles') follower.known = parsed.sequence;
      }
      follower.tell({ type, data });
    }
  }

  /** What was missed since where the connection began is not kept any more; from where others are it may be. */
  #startOver(data: string): void {
    for (const follower of [...this.#followers.keys()].filter(({ known }) => known === this.#since)) {
      this.#followers.delete(follower);
      follower.tell({ type: 'reload', data });
    }
    if (this.#followers.size === 0) this.#close();
    else this.#connect();
  }

  #fail(): void {
    this.#close();
    const followers = [...this.#followers.keys()];
    this.#followers.clear();
    for (const follower of followers) follower.tell({ type: 'error', data: '' });
  }

  #close(): void {
    this.#stream?.close();
    this.#stream = this.#sign = null;
  }

  /** What the server would say to whoever comes now. */
  #signAt(known: number): Hello {
    const { hello, at } = this.#sign!;
    const later = (time: string, to: number) => new Date(Date.parse(time) + to - at).toISOString();
    // while events come there are no heartbeats, and what they tell is confirmed
    return {
      ...hello,
      sequence: Math.max(hello.sequence, this.#begun, known),
      now: later(hello.now, this.now()),
      confirmedAt: later(hello.confirmedAt, this.#heard),
    };
  }
}
