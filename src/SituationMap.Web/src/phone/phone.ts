import { computed, type Signal, signal } from '@preact/signals';
import { v4 as uuid } from 'uuid';
import { ApiError } from '../api/client';
import type { Fact, GridCounts, WorkPack } from '../api/types';
import type { Translator } from '../i18n/messages';
import { timesIn } from '../i18n/times';
import { again } from '../offline/again';
import { Keeper, type PackKind } from '../offline/keeper';
import { mostFailures } from '../offline/lock';
import { type Hindrance, Outbox } from '../offline/outbox';
import type { Saved } from '../offline/store';
import { Vault } from '../offline/vault';
import { askSession, may, type Session, send, signOut } from '../session/session';
import { type Door, doorsOf, isUndone, merged, nextDoor, openItems, placeOf } from './round';

/** What a fact says beside whose it is and when. */
export type Said = Pick<Fact, 'kind' | 'data'> & { person?: string; at?: string };

/** Nothing about homes stays on a phone for longer than three days without contact. */
const pack: PackKind<WorkPack> = {
  placeOf: ({ grid }) => grid,
  path: (grid, tag) => `api/work/pack?${new URLSearchParams({ grid, ...(tag ? { since: opaque(tag) } : {}) })}`,
  merged,
  lasts: 72 * 3_600_000,
};

/** An ETag without what stands around it. */
const opaque = (tag: string): string => tag.replace(/^(W\/)?"|"$/g, '');

const chosenGrid = 'situationmap.round.grid';
const signingOut = 'situationmap.round.signOut';
const idle = 5 * 60_000; // ms without a touch or a key, after which it is locked
const lookWhetherIdle = 5_000; // ms

/** The page's state: who goes round where, what is to be done, and what was reported. */
export class Phone {
  readonly vault = new Vault<Fact, WorkPack>('situationmap-rounds');
  readonly keeper = new Keeper(this.vault, pack);
  readonly outbox = new Outbox(this.vault, () => this.account);
  readonly session = signal<Session | null>(null);
  /** The grids that one may choose among; empty without a network. */
  readonly grids = signal<readonly GridCounts[]>([]);
  /** The minute, in ms since 1970 by the server's clock: what is due changes with it. */
  readonly minute: Signal<number>;
  readonly doors = computed<readonly Door[]>(() => {
    const kept = this.keeper.kept.value;
    return kept === null ? [] : doorsOf(kept.pack);
  });
  /** What keeps the page from the server; null: nothing does. */
  readonly hindrance = computed<Hindrance | null>(() => this.keeper.hindrance.value ?? this.outbox.hindrance.value);
  grid: string | null = new URLSearchParams(location.search).get('grid') ?? localStorage.getItem(chosenGrid);

  constructor(readonly t: Translator) {
    this.minute = signal(this.keeper.now());
  }

  get account(): string {
    return this.session.peek()?.name ?? this.keeper.kept.peek()?.account ?? 'local';
  }

  #used = Date.now();

  get #asked(): string {
    return this.keeper.kept.value?.asked ?? '';
  }

  get times() {
    const zone = this.keeper.kept.value?.pack.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    return timesIn(zone, this.t, this.keeper.now);
  }

  /** Shows what the phone has, and looks for more again and again. */
  async open(): Promise<void> {
    await this.#read();
    // where the browser was ended before it came to that
    if (this.#isForfeit) await this.#wipe();
    again(() => this.refresh());
    addEventListener('offline', () => {
      this.keeper.hindrance.value = 'offline';
    });
    for (const use of ['pointerdown', 'keydown']) addEventListener(use, () => this.#use(), { capture: true });
    document.addEventListener('visibilitychange', () => void this.#lockIfIdle());
    setInterval(() => void this.#lockIfIdle(), lookWhetherIdle);
  }

  async #read(): Promise<void> {
    await this.vault.load();
    await this.keeper.open();
    await this.outbox.load();
    this.minute.value = this.keeper.now();
  }

  #use(): void {
    void this.#lockIfIdle();
    this.#used = Date.now();
  }

  async #lockIfIdle(): Promise<void> {
    // a clock that was moved counts as time
    if (Math.abs(Date.now() - this.#used) > idle) await this.lock();
  }

  /** Nothing of homes and people is on the page, nor can be read, without the PIN, where there is one. */
  async lock(): Promise<void> {
    if (this.vault.lock.peek() === null || this.vault.isLocked.peek()) return;
    this.vault.close();
    await this.#read();
  }

  /** @returns whether it was the PIN */
  async unlock(pin: string): Promise<boolean> {
    if (await this.vault.unlock(pin)) {
      this.#used = Date.now();
      await this.#read();
      void this.refresh();
      return true;
    }
    if (this.#isForfeit) await this.#forget();
    return false;
  }

  get #isForfeit(): boolean {
    return (this.vault.lock.peek()?.failures ?? 0) >= mostFailures;
  }

  /** What is not sent yet stays, for whoever knows the PIN. */
  async #wipe(): Promise<void> {
    await this.keeper.wipe();
    await this.vault.deleteSent();
    await this.outbox.load();
  }

  async #forget(): Promise<void> {
    await this.#wipe();
    // or the server would tell it all again to whoever holds the phone
    localStorage.setItem(signingOut, '1');
    if (this.outbox.locked.peek() === 0) await this.beginAnew();
    else void this.refresh();
  }

  /** Gives up what cannot be read without the PIN. */
  async beginAnew(): Promise<void> {
    await this.vault.giveUp();
    await this.#read();
    void this.refresh();
  }

  async choose(grid: string): Promise<void> {
    this.grid = grid;
    localStorage.setItem(chosenGrid, grid);
    await this.refresh();
  }

  /** Sends what waits and asks for what has changed. */
  async refresh(): Promise<void> {
    try {
      if (localStorage.getItem(signingOut) !== null) {
        await signOut();
        localStorage.removeItem(signingOut);
      }
      this.session.value = await askSession();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.keeper.hindrance.value = 'offline';
      await this.keeper.open(); // which it is not any more after some days
      this.minute.value = this.keeper.now();
      return;
    }
    if (this.session.value.name === null && this.session.value.kind === null) {
      this.keeper.hindrance.value = 'signed-out';
      return;
    }
    if (!may(this.session.value, 'report')) {
      await this.keeper.wipe();
      this.keeper.hindrance.value = 'forbidden';
      return;
    }
    if (this.vault.isLocked.peek()) {
      this.keeper.hindrance.value = null;
      return;
    }
    await this.outbox.send();
    const choosing = this.#findGrid(this.session.value);
    if (this.grid === null) await choosing; // otherwise it can wait
    if (this.grid === null) this.keeper.hindrance.value = null;
    else await this.keeper.refresh(this.grid, this.account);
    this.minute.value = this.keeper.now();
  }

  /** That of whoever reports of one only; otherwise one that is chosen. */
  async #findGrid(session: Session): Promise<void> {
    if (this.grids.peek().length > 0) return;
    const own = session.rights.find(({ right }) => right === 'report')!.grids;
    try {
      const { grids } = await send<{ grids: GridCounts[] }>('GET', 'api/grids');
      const within = ({ code }: GridCounts) =>
        own === null || own.some((top) => code === top || code.startsWith(`${top}-`));
      this.grids.value = grids.filter((grid) => grid.level === 'grid' && within(grid));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    const [only, ...others] = this.grids.peek();
    if (this.grid === null && only && others.length === 0) this.grid = only.code;
  }

  /** What is to be done at a home now. */
  itemsOf = ({ home }: Door) => openItems(home, this.outbox.all.value, this.#asked, this.minute.value);
  isUndone = (door: Door): boolean => isUndone(door, this.outbox.all.value, this.#asked, this.minute.value);

  doorOf(household: string): Door | null {
    return this.doors.value.find(({ home }) => home.household === household) ?? null;
  }

  next(household: string): Door | null {
    return nextDoor(this.doors.value, household, this.isUndone);
  }

  /** Saves what was found at a door. Once this returns it is on the phone for good. */
  async report(door: Door, said: readonly Said[]): Promise<void> {
    const offset = this.keeper.kept.peek()?.offset ?? 0;
    const now = Date.now();
    await this.outbox.save(
      said.map(({ at, ...what }): Saved => {
        const instant = at === undefined ? now + offset : Date.parse(at);
        return {
          fact: {
            id: uuid(),
            household: door.home.household,
            source: `person:${this.account}`,
            at: new Date(instant).toISOString(),
            clock: new Date(instant - offset).toISOString(),
            ...what,
          },
          account: this.account,
          clock: new Date(now).toISOString(),
          place: placeOf(door),
          sent: null,
          refusal: null,
        };
      }),
    );
    this.minute.value = this.keeper.now();
  }
}
