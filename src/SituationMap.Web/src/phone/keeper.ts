import { signal } from '@preact/signals';
import type { WorkPack } from '../api/types';
import type { Hindrance } from './outbox';
import { merged } from './round';
import type { Kept } from './store';
import type { Vault } from './vault';

const kept = 72 * 3_600_000; // ms without contact, after which nothing about homes stays on a phone
const patience = 60_000; // ms, for a slow network

/** Keeps the pack of the round on the phone, and what time it is by the server's clock. */
export class Keeper {
  readonly kept = signal<Kept | null>(null);
  readonly hindrance = signal<Hindrance | null>(null);

  constructor(readonly vault: Vault) {}

  /** What the phone has, unless it is too old. */
  async open(): Promise<void> {
    const last = await this.vault.contact();
    if (last !== null && Date.now() + last.offset - Date.parse(last.contact) > kept) await this.wipe();
    else this.kept.value = await this.vault.kept();
  }

  async wipe(): Promise<void> {
    await this.vault.deleteKept();
    this.kept.value = null;
  }

  /** The time by the server's clock, in ms since 1970, as far as the last contact tells. */
  now = (): number => Date.now() + (this.kept.value?.offset ?? 0);

  /** Asks for what has changed; what the phone has stays where there is no answer. */
  async refresh(grid: string, account: string): Promise<void> {
    const had = this.kept.peek();
    const same = had?.pack.grid === grid && had.account === account ? had : null;
    const before = Date.now();
    let answer: Response;
    let pack: WorkPack | undefined;
    try {
      const query = new URLSearchParams({ grid, ...(same?.tag ? { since: opaque(same.tag) } : {}) });
      answer = await fetch(`api/work/pack?${query}`, {
        cache: 'no-store',
        headers: { Accept: 'application/json', ...(same?.tag ? { 'If-None-Match': same.tag } : {}) },
        signal: AbortSignal.timeout(patience),
      });
      pack = answer.status === 200 ? merged(same?.pack, (await answer.json()) as WorkPack) : same?.pack;
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
    const now: Kept = {
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

/** An ETag without what stands around it. */
const opaque = (tag: string): string => tag.replace(/^(W\/)?"|"$/g, '');
