import { computed, signal } from '@preact/signals';
import type { Refusal, Saved, Sendable } from './store';
import type { Vault } from './vault';

/** What keeps facts from being sent; null: nothing. */
export type Hindrance = 'offline' | 'signed-out' | 'forbidden' | 'trouble';

const batch = 500;
const patience = 60_000; // ms, for a slow network
const shownFor = 18 * 3_600_000; // ms; what was done today

interface Outcome {
  index: number;
  outcome: 'accepted' | 'duplicate' | 'rejected';
  code?: string | null;
  field?: string | null;
  expected?: string | null;
}

/** What was reported with this phone: saved first, sent when there is a network, as often as it takes. Their ids make repeats harmless. */
export class Outbox<What extends Sendable> {
  readonly all = signal<readonly Saved<What>[]>([]);
  /** How many wait that cannot be read without the PIN. */
  readonly locked = signal(0);
  readonly hindrance = signal<Hindrance | null>(null);
  readonly waiting = computed(() => this.all.value.filter(({ sent, refusal }) => sent === null && refusal === null));
  readonly refused = computed(() => this.all.value.filter(({ refusal }) => refusal !== null));
  #sending: Promise<void> | null = null;

  /**
   * @param account who is signed in
   * @param pathOf where it is sent
   */
  constructor(
    readonly vault: Vault<What, unknown>,
    readonly account: () => string,
    readonly pathOf: (what: What) => string = () => 'api/facts',
  ) {}

  /** Reads what is kept, which another window may have changed. */
  async load(): Promise<void> {
    const { all, locked } = await this.vault.facts();
    const old = all.filter(({ sent }) => sent !== null && Date.parse(sent) < Date.now() - shownFor);
    if (old.length > 0) await this.vault.deleteFacts(old.map(({ fact }) => fact.id));
    this.locked.value = locked;
    this.all.value = all.filter((one) => !old.includes(one)).sort((a, b) => a.clock.localeCompare(b.clock));
  }

  /** Durable on this phone once it returns. */
  async save(facts: readonly Saved<What>[]): Promise<void> {
    await this.#put(facts);
    void navigator.storage?.persist?.();
    void this.send();
  }

  async discard(id: string): Promise<void> {
    await this.vault.deleteFacts([id]);
    await this.load();
  }

  /** Sends what waits; a second call while one is going on waits for the first and looks again. */
  async send(): Promise<void> {
    while (this.#sending) await this.#sending;
    this.#sending = this.#sendAll();
    try {
      await this.#sending;
    } finally {
      this.#sending = null;
    }
  }

  async #sendAll(): Promise<void> {
    await this.load();
    for (;;) {
      const next = this.waiting.peek().filter(({ account }) => account === this.account());
      const [first] = next;
      if (first === undefined) {
        this.hindrance.value = null;
        return;
      }
      const path = this.pathOf(first.fact);
      const some = next.filter(({ fact }) => this.pathOf(fact) === path).slice(0, batch);
      if (!(await this.#sendSome(path, some))) return;
    }
  }

  /** @returns whether all of them have an outcome */
  async #sendSome(path: string, some: readonly Saved<What>[]): Promise<boolean> {
    let outcomes: Outcome[];
    try {
      const answer = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson', Accept: 'application/json' },
        body: some.map(({ fact }) => `${JSON.stringify(fact)}\n`).join(''),
        signal: AbortSignal.timeout(patience),
      });
      const body = (await answer.json().catch(() => ({}))) as { items?: Outcome[] };
      // where all were rejected, the problem has them
      if (!body.items) {
        this.hindrance.value = hindranceOf(answer.status);
        return false;
      }
      outcomes = body.items;
    } catch {
      this.hindrance.value = 'offline';
      return false;
    }
    const sent = new Date().toISOString();
    await this.#put(
      outcomes.flatMap(({ index, outcome, ...why }) => {
        const one = some[index];
        if (!one) return [];
        return { ...one, ...(outcome === 'rejected' ? { refusal: refusalOf(why) } : { sent, refusal: null }) };
      }),
    );
    this.hindrance.value = null;
    return outcomes.length >= some.length;
  }

  async #put(facts: readonly Saved<What>[]): Promise<void> {
    await this.vault.putFacts(facts);
    await this.load();
  }
}

const hindranceOf = (status: number): Hindrance =>
  status === 401 ? 'signed-out' : status === 403 ? 'forbidden' : 'trouble';

const refusalOf = ({ code, field, expected }: Omit<Outcome, 'index' | 'outcome'>): Refusal => ({
  code: code ?? 'value-wrong',
  field: field ?? '',
  expected: expected ?? '',
});

/** What the fact of a saved one says, mended: it waits again. */
export const mended = <What extends Sendable>(one: Saved<What>, fact: What): Saved<What> => ({
  ...one,
  fact,
  refusal: null,
});
