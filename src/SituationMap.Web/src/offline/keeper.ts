import { signal } from '@preact/signals';
import type { Hindrance } from './outbox';
import type { Kept, Sendable } from './store';
import type { Vault } from './vault';

const patience = 60_000; // ms, for a slow network

/** Which pack a page keeps, and how. */
export interface PackKind<Pack> {
  /** Of which place a pack is, as it is asked for. */
  placeOf: (pack: Pack) => string;
  /** Where it is asked for, given the tag of the one that is there. */
  path: (place: string, tag: string | null) => string;
  /** What is there, with what has changed in it. */
  merged: (had: Pack | undefined, answer: Pack) => Pack;
  /** How long it stays without contact (ms). */
  lasts: number;
}

/** Keeps a pack on the phone, and what time it is by the server's clock. */
export class Keeper<Pack> {
  readonly kept = signal<Kept<Pack> | null>(null);
  readonly hindrance = signal<Hindrance | null>(null);

  constructor(
    readonly vault: Vault<Sendable, Pack>,
    readonly kind: PackKind<Pack>,
  ) {}

  /** What the phone has, unless it is too old. */
  async open(): Promise<void> {
    const last = await this.vault.contact();
    if (last !== null && Date.now() + last.offset - Date.parse(last.contact) > this.kind.lasts) await this.wipe();
    else this.kept.value = await this.vault.kept();
  }

  async wipe(): Promise<void> {
    await this.vault.deleteKept();
    this.kept.value = null;
  }

  /** The time by the server's clock, in ms since 1970, as far as the last contact tells. */
  now = (): number => Date.now() + (this.kept.value?.offset ?? 0);

  /** Asks for what has changed; what the phone has stays where there is no answer. */
  async refresh(place: string, account: string): Promise<void> {
    const had = this.kept.peek();
    const same = had && this.kind.placeOf(had.pack) === place && had.account === account ? had : null;
    const before = Date.now();
    let answer: Response;
    let pack: Pack | undefined;
    try {
      answer = await fetch(this.kind.path(place, same?.tag ?? null), {
        cache: 'no-store',
        headers: { Accept: 'application/json', ...(same?.tag ? { 'If-None-Match': same.tag } : {}) },
        signal: AbortSignal.timeout(patience),
      });
      pack = answer.status === 200 ? this.kind.merged(same?.pack, (await answer.json()) as Pack) : same?.pack;
    } catch {
      this.hindrance.value = 'offline';
      return;
    }
    if (answer.status === 403) await this.wipe();
    if ((answer.status !== 200 && answer.status !== 304) || !pack) {
      this.hindrance.value = answer.status === 401 ? 'signed-out' : answer.status === 403 ? 'forbidden' : 'trouble';
      return;
    }
    const told = Date.parse(answer.headers.get('Date') ?? '');
    // the header is in whole seconds, of half-way there and back
    const offset = Number.isNaN(told) ? (same?.offset ?? 0) : told + 500 - (before + Date.now()) / 2;
    const now: Kept<Pack> = {
      pack,
      tag: answer.headers.get('ETag'),
      account,
      contact: new Date(Date.now() + offset).toISOString(),
      asked: new Date(before).toISOString(),
      offset,
    };
    // otherwise it was locked while the answer came
    if (await this.vault.putKept(now)) this.kept.value = now;
    this.hindrance.value = null;
  }
}
