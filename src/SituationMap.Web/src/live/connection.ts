import type { Acknowledgements, Hello, StatusChanges, TileChanges, ZoneChanges } from '../api/types';

/**
 * connecting: nothing came yet. live: events or heartbeats arrive. behind: they do, but the server cannot reach its
 * store. stale: the connection is lost and being restored. offline: it has been lost for long, or the browser knows
 * that there is no network.
 */
export type LiveState = 'connecting' | 'live' | 'behind' | 'stale' | 'offline';

export interface LiveHandlers {
  state: (state: LiveState) => void;
  /** Connected; `again` when it had been connected before, so whatever is shown may be out of date. */
  hello: (hello: Hello, again: boolean) => void;
  status: (changes: StatusChanges) => void;
  zone: (changes: ZoneChanges) => void;
  /** A building or a checkpoint is another one. */
  edited: () => void;
  acknowledged: (acknowledgements: Acknowledgements) => void;
  /** At a post too few are, or enough again. */
  covered: () => void;
  tiles: (changes: TileChanges) => void;
  heartbeat: (beat: Hello) => void;
  /** What was missed is no longer kept, or the server has another history: the page has to start over. */
  reload: () => void;
}

/** The part of EventSource that is used, so that a test can stand in for it. */
export interface EventStream {
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  onerror: ((event: Event) => void) | null;
  close(): void;
}

/**
 * @param since the sequence up to which everything is known
 * @param page where the page is, below which everything of the server's is; a worker's own address is another
 */
export const openStream = (since: number, page: string = location.href): EventStream =>
  new EventSource(new URL(`api/live?since=${since}`, page));

// The server beats every 2 s, so silence means that the connection is dead though nobody said so.
export const silenceLimit = 4_500;
const connectLimit = 6_000;
const offlineAfter = 30_000;
const behindAfter = 5_000;
const retryDelays = [300, 700, 1_500, 2_000];

/**
 * Follows the change feed. It reconnects by itself and resumes after the last complete batch (`since` is what
 * Last-Event-ID is for an EventSource that reconnects on its own; that one gives up on the first 503 of a starting
 * server).
 */
export class LiveConnection {
  state: LiveState = 'connecting';
  #stream: EventStream | null = null;
  #heard = 0;
  #lostAt: number | null = null;
  #attempts = 0;
  #connected = false;
  #everConnected = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  /** @param sequence what the page shows already */
  constructor(
    public sequence: number,
    private readonly handlers: LiveHandlers,
    private readonly open: (since: number) => EventStream,
    private readonly now: () => number = () => performance.now(),
  ) {}

  start(): void {
    this.#connect();
    this.#watch = setInterval(() => this.#check(), 500);
  }

  stop(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#stream?.close();
    this.#stream = null;
  }

  /** Called when the browser says that the network is gone or back. */
  networkChanged(online: boolean): void {
    if (online) {
      if (!this.#connected) this.#connect();
    } else {
      this.#lost();
      this.#set('offline');
    }
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#stream?.close();
    this.#heard = this.now();
    const stream = this.open(this.sequence);
    this.#stream = stream;
    const on = <T>(type: string, handle: (data: T) => void) =>
      stream.addEventListener(type, (event) => {
        if (stream !== this.#stream) return;
        this.#heard = this.now();
        handle(JSON.parse(event.data) as T);
      });
    on<Hello>('hello', (hello) => this.#greeted(hello));
    on<StatusChanges>('status', this.handlers.status);
    on<ZoneChanges>('zone', this.handlers.zone);
    on('building', this.handlers.edited);
    on('checkpoint', this.handlers.edited);
    on<Acknowledgements>('acknowledgement', this.handlers.acknowledged);
    on('cover', this.handlers.covered);
    on<TileChanges>('tiles', (changes) => {
      this.sequence = changes.sequence;
      this.handlers.tiles(changes);
    });
    on<Hello>('heartbeat', (beat) => {
      this.#set(stateOf(beat));
      this.handlers.heartbeat(beat);
    });
    on('reload', () => this.handlers.reload());
    stream.onerror = () => {
      if (stream === this.#stream) this.#lost();
    };
  }

  #greeted(hello: Hello): void {
    // a feed that is behind us is another feed: the store was set up anew
    if (hello.sequence < this.sequence) {
      this.handlers.reload();
      return;
    }
    const again = this.#everConnected;
    this.#connected = true;
    this.#everConnected = true;
    this.#lostAt = null;
    this.#attempts = 0;
    this.#set(stateOf(hello));
    this.handlers.hello(hello, again);
  }

  #lost(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#connected = false;
    this.#lostAt ??= this.now();
    if (this.state === 'live' || this.state === 'behind') this.#set('stale');
    const delay = retryDelays[Math.min(this.#attempts++, retryDelays.length - 1)]!;
    clearTimeout(this.#retry);
    // spread out, so that a wall of screens does not come back in one instant
    this.#retry = setTimeout(() => this.#connect(), delay * (1 + Math.random() * 0.3));
  }

  #check(): void {
    const silent = this.now() - this.#heard;
    if (this.#stream && silent > (this.#connected ? silenceLimit : connectLimit)) this.#lost();
    if (this.#lostAt !== null && this.now() - this.#lostAt > offlineAfter) this.#set('offline');
  }

  #set(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    this.handlers.state(state);
  }
}

const stateOf = ({ confirmedAt, now }: Hello): LiveState =>
  Date.parse(now) - Date.parse(confirmedAt) > behindAfter ? 'behind' : 'live';
