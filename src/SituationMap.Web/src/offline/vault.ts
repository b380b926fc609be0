import { computed, signal } from '@preact/signals';
import { delayOf, makeLock, openLock, seal, tried, unseal } from './lock';
import { type Kept, type Lock, type Saved, type SealedFact, type SealedKept, type Sendable, store } from './store';

const pack = 'pack';
const lock = 'lock';

/**
 * What the phone keeps, encrypted while a PIN is set. Reading and writing go through here alone: windows take turns with
 * those that set, remove or use a PIN, so that nothing is written with a key that is no longer there.
 */
export class Vault<What extends Sendable, Pack> {
  /** Null: there is no PIN. */
  readonly lock = signal<Lock | null>(null);
  readonly #key = signal<CryptoKey | null>(null);
  readonly isLocked = computed(() => this.lock.value !== null && this.#key.value === null);
  /** What was decrypted already, by the beginning of its encryption, which is never the same twice. */
  readonly #opened = new Map<string, Saved<What>>();

  /** @param name of the database, and of the turns that windows take */
  constructor(readonly name: string) {}

  /** Looks whether there is a PIN, which another window may have set or removed. */
  async load(): Promise<void> {
    const found = (await (await this.#store()).get('lock', lock)) ?? null;
    if (found?.salt.join() !== this.lock.peek()?.salt.join()) this.close();
    this.lock.value = found;
  }

  /** Nothing can be read from now on without the PIN. */
  close(): void {
    this.#key.value = null;
    this.#opened.clear();
  }

  async set(pin: string): Promise<void> {
    await this.#alone(async () => {
      await this.load();
      if (this.lock.peek() !== null) return;
      const made = await makeLock(pin);
      await this.#rewrite(made.lock, made.key);
    });
  }

  async remove(): Promise<void> {
    await this.#alone(async () => {
      await this.load();
      if (!this.isLocked.peek()) await this.#rewrite(null, null);
    });
  }

  /** @returns whether it is open now */
  async unlock(pin: string): Promise<boolean> {
    return this.#alone(async () => {
      await this.load();
      const before = this.lock.peek();
      if (before === null) return true;
      if (delayOf(before, Date.now()) > 0) return false;
      // before it is tried: ending the browser spares nobody
      const counted = tried(before, Date.now());
      await (await this.#store()).put('lock', counted, lock);
      this.lock.value = counted;
      const key = await openLock(counted, pin);
      if (key !== null) await this.#rewrite({ ...counted, failures: 0, notBefore: 0 }, key);
      return key !== null;
    });
  }

  /** Gives up all that cannot be read without the PIN, and the PIN. */
  async giveUp(): Promise<void> {
    await this.#alone(async () => {
      const writing = (await this.#store()).transaction(['facts', 'kept', 'lock'], 'readwrite');
      for (const one of ['facts', 'kept', 'lock'] as const) void writing.objectStore(one).clear();
      await writing.done;
      this.close();
      this.lock.value = null;
    });
  }

  /** @returns what can be read, and how many cannot without the PIN although they still have to be sent */
  async facts(): Promise<{ all: Saved<What>[]; locked: number }> {
    return this.#together(async () => {
      await this.load();
      const rows = await (await this.#store()).getAll('facts');
      const all = await Promise.all(rows.map((row) => this.#openFact(row)));
      return {
        all: all.filter((one) => one !== null),
        locked: rows.filter((row, index) => all[index] === null && 'waits' in row && row.waits).length,
      };
    });
  }

  /** Durable once this returns. */
  async putFacts(facts: readonly Saved<What>[]): Promise<void> {
    await this.#together(async () => {
      await this.load();
      const key = this.#key.peek();
      const database = await this.#store();
      // what is saved while it is being locked is never lost, and encrypted when it is opened next; what was is not laid open
      const sealed = new Set(this.isLocked.peek() ? await database.getAllKeys('facts') : []);
      const open = facts.filter(({ fact }) => !sealed.has(fact.id));
      const rows = await Promise.all(open.map((one) => (key === null ? one : sealFact(key, one))));
      const writing = database.transaction('facts', 'readwrite', { durability: 'strict' });
      await Promise.all([...rows.map((row) => writing.store.put(row)), writing.done]);
    });
  }

  async deleteFacts(ids: readonly string[]): Promise<void> {
    await this.#together(async () => {
      const database = await this.#store();
      for (const id of ids) await database.delete('facts', id);
    });
  }

  /** Deletes what the server has, whether or not it can be read. */
  async deleteSent(): Promise<void> {
    const rows = await (await this.#store()).getAll('facts');
    await this.deleteFacts(
      rows.filter((row) => !('sealed' in row ? row.waits : waits(row))).map(({ fact }) => fact.id),
    );
  }

  /** When the server was last heard and how far its clock is ahead, which no PIN hides; null: there is no pack. */
  async contact(): Promise<Pick<Kept, 'contact' | 'offset'> | null> {
    return (await (await this.#store()).get('kept', pack)) ?? null;
  }

  /** Null: there is no pack, or it cannot be read without the PIN. */
  async kept(): Promise<Kept<Pack> | null> {
    return this.#together(async () => {
      await this.load();
      const row = await (await this.#store()).get('kept', pack);
      return row === undefined ? null : this.#openKept(row);
    });
  }

  /** @returns whether it was kept; while it is locked, nothing is */
  async putKept(kept: Kept<Pack>): Promise<boolean> {
    return this.#together(async () => {
      await this.load();
      if (this.isLocked.peek()) return false;
      const key = this.#key.peek();
      await (await this.#store()).put('kept', key === null ? kept : await sealKept(key, kept), pack);
      return true;
    });
  }

  async deleteKept(): Promise<void> {
    await this.#together(async () => (await this.#store()).delete('kept', pack));
  }

  async #openFact(row: Saved<Sendable> | SealedFact): Promise<Saved<What> | null> {
    if (!('sealed' in row)) return row as Saved<What>;
    const key = this.#key.peek();
    if (key === null) return null;
    const at = row.sealed.iv.join();
    // one that is broken keeps no other from being read
    const one = this.#opened.get(at) ?? (await unseal<Saved<What>>(key, row.sealed, row.fact.id).catch(() => null));
    if (one !== null) this.#opened.set(at, one);
    return one;
  }

  async #openKept(row: Kept | SealedKept): Promise<Kept<Pack> | null> {
    if (!('sealed' in row)) return row as Kept<Pack>;
    const key = this.#key.peek();
    return key === null ? null : unseal<Kept<Pack>>(key, row.sealed, pack).catch(() => null);
  }

  /** Has everything lie there as the lock says, and the lock with it, in one transaction. */
  async #rewrite(to: Lock | null, key: CryptoKey | null): Promise<void> {
    const database = await this.#store();
    const facts = await Promise.all(
      (await database.getAll('facts')).map((row) =>
        'sealed' in row ? (key === null ? this.#openFact(row) : null) : key === null ? null : sealFact(key, row),
      ),
    );
    const had = await database.get('kept', pack);
    const kept =
      had === undefined || 'sealed' in had === (key !== null)
        ? null
        : 'sealed' in had
          ? await this.#openKept(had)
          : await sealKept(key!, had);
    const writing = database.transaction(['facts', 'kept', 'lock'], 'readwrite', { durability: 'strict' });
    for (const row of facts) if (row !== null) void writing.objectStore('facts').put(row);
    if (kept !== null) void writing.objectStore('kept').put(kept, pack);
    void (to === null ? writing.objectStore('lock').delete(lock) : writing.objectStore('lock').put(to, lock));
    await writing.done;
    this.#key.value = key;
    this.#opened.clear();
    this.lock.value = to;
  }

  #store = () => store(this.name);

  /** No other window reads or writes meanwhile. Without an encrypted connection there are neither such locks nor a PIN. */
  #alone = <T>(work: () => Promise<T>): Promise<T> => this.#inTurn('exclusive', work);
  #together = <T>(work: () => Promise<T>): Promise<T> => this.#inTurn('shared', work);

  #inTurn = <T>(mode: LockMode, work: () => Promise<T>): Promise<T> =>
    navigator.locks ? (navigator.locks.request(this.name, { mode }, work) as Promise<T>) : work();
}

const waits = ({ sent }: Saved<Sendable>): boolean => sent === null;

const sealFact = async (key: CryptoKey, one: Saved<Sendable>): Promise<SealedFact> => ({
  fact: { id: one.fact.id },
  waits: waits(one),
  sealed: await seal(key, one, one.fact.id),
});

const sealKept = async (key: CryptoKey, kept: Kept): Promise<SealedKept> => ({
  contact: kept.contact,
  offset: kept.offset,
  sealed: await seal(key, kept, pack),
});
