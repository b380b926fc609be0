import { computed, signal } from '@preact/signals';
import { v4 as uuid } from 'uuid';
import { ApiError } from '../api/client';
import type { Fact, GatePack } from '../api/types';
import type { Translator } from '../i18n/messages';
import { timesIn } from '../i18n/times';
import { again } from '../offline/again';
import { Keeper, type PackKind } from '../offline/keeper';
import { type Hindrance, Outbox } from '../offline/outbox';
import type { Saved } from '../offline/store';
import { Vault } from '../offline/vault';
import { askSession, may, type Session, send } from '../session/session';
import { type Answer, type Asked, decideOther, decidePass, decideUnknown, type OwnOut } from './decide';
import type { GateDecision, GateDirection } from './rules';
import { isToken } from './token';

export const others = ['visitor', 'courier', 'vehicle', 'worker'] as const;
export type Other = (typeof others)[number];

/** Somebody who lives elsewhere, as the API takes it. */
export interface Crossing {
  id: string;
  at: string;
  checkpoint: string;
  direction: GateDirection;
  who: Other;
  household?: string;
  celsius?: number;
  outcome: GateDecision;
}

export type Passing = Fact | Crossing;

/** Who stands there: what was read of a pass, a household's code, or what he comes for. */
export type Who = { token: string } | { household: string } | { other: Other; visits: string };

/** What is shown about him: an answer; unknown: no household has that code; ask: it takes a pass or the network. */
export type Shown = Answer | 'unknown' | 'ask';

/** As long as a pack may be used without contact. */
const pack: PackKind<GatePack> = {
  placeOf: ({ checkpoint }) => checkpoint,
  path: (checkpoint) => `api/gate/pack?${new URLSearchParams({ checkpoint })}`,
  merged: (_, answer) => answer,
  lasts: 36 * 3_600_000,
};

const chosenCheckpoint = 'situationmap.gate.checkpoint';
const hour = 3_600_000; // ms

/** How many went through, beside what this phone has not sent. */
interface Counted {
  /** When the hour began, in ms since 1970. */
  from: number;
  in: number;
  out: number;
  /** When it was asked for, by the phone's clock. */
  asked: string;
}

/** The page's state: which gate it is, who stands there, and what was recorded. */
export class Gate {
  readonly vault = new Vault<Passing, GatePack>('situationmap-gate');
  readonly keeper = new Keeper(this.vault, pack);
  readonly outbox = new Outbox(
    this.vault,
    () => this.account,
    (what) => ('who' in what ? 'api/crossings' : 'api/facts'),
  );
  readonly session = signal<Session | null>(null);
  /** Which one is guarded; null: none is chosen, or none granted. */
  readonly checkpoint = signal<string | null>(
    new URLSearchParams(location.search).get('checkpoint') ?? localStorage.getItem(chosenCheckpoint),
  );
  readonly counted = signal<Counted | null>(null);
  readonly hindrance = computed<Hindrance | null>(() => this.keeper.hindrance.value ?? this.outbox.hindrance.value);

  constructor(readonly t: Translator) {}

  get account(): string {
    return this.session.peek()?.name ?? this.keeper.kept.peek()?.account ?? 'local';
  }

  get times() {
    const zone = this.keeper.kept.value?.pack.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    return timesIn(zone, this.t, this.keeper.now);
  }

  async open(): Promise<void> {
    await this.keeper.open();
    await this.outbox.load();
    again(() => this.refresh());
    addEventListener('offline', () => {
      this.keeper.hindrance.value = 'offline';
    });
  }

  async choose(checkpoint: string): Promise<void> {
    this.checkpoint.value = checkpoint;
    localStorage.setItem(chosenCheckpoint, checkpoint);
    await this.refresh();
  }

  /** Sends what waits and asks for what has changed. */
  async refresh(): Promise<void> {
    let session: Session;
    try {
      session = await askSession();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.keeper.hindrance.value = 'offline';
      await this.keeper.open(); // which it is not any more after a while
      return;
    }
    this.session.value = session;
    if (session.name === null && session.kind === null) {
      this.keeper.hindrance.value = 'signed-out';
      return;
    }
    if (!may(session, 'guard')) {
      await this.keeper.wipe();
      this.keeper.hindrance.value = 'forbidden';
      return;
    }
    await this.outbox.send();
    const own = session.checkpoints;
    if (own?.length === 1 && this.checkpoint.peek() === null) this.checkpoint.value = own[0]!.code;
    const checkpoint = this.checkpoint.peek();
    if (checkpoint === null) {
      this.keeper.hindrance.value = null;
      return;
    }
    await this.keeper.refresh(checkpoint, this.account);
    await this.#count(checkpoint);
  }

  async #count(checkpoint: string): Promise<void> {
    const from = Math.floor(this.keeper.now() / hour) * hour;
    const asked = new Date().toISOString();
    const query = new URLSearchParams({
      checkpoint,
      from: new Date(from).toISOString(),
      to: new Date(from + hour).toISOString(),
    });
    try {
      const { hours } = await send<{ hours: { in: number; out: number }[] }>('GET', `api/crossings/counts?${query}`);
      const sum = (way: GateDirection) => hours.reduce((total, one) => total + one[way], 0);
      this.counted.value = { from, in: sum('in'), out: sum('out'), asked };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** How many went through in this hour; all: by every phone, as far as is known. */
  get thisHour(): { in: number; out: number; all: boolean } {
    const from = Math.floor(this.keeper.now() / hour) * hour;
    const known = this.counted.value?.from === from ? this.counted.value : null;
    const own = this.outbox.all.value.filter(
      ({ fact, refusal, sent }) =>
        Date.parse(fact.at) >= from && refusal === null && (known === null || sent === null || sent > known.asked),
    );
    const sum = (way: GateDirection) =>
      (known?.[way] ?? 0) + own.filter(({ fact }) => directionOf(fact) === way).length;
    return { in: sum('in'), out: sum('out'), all: known !== null };
  }

  #wall = (instant: number): number => Date.parse(`${this.times.input(new Date(instant).toISOString())}Z`) / 60_000;

  /** What is decided about somebody now. */
  async decide(who: Who, asked: Omit<Asked, 'at'>): Promise<Shown> {
    const { pack } = this.keeper.kept.peek()!;
    const now: Asked = { ...asked, at: this.#wall(this.keeper.now()) };
    if ('other' in who) return decideOther(pack, now) ?? { decision: 'go', words: null, rule: null, pass: null };
    if ('token' in who) return decidePass(pack, who.token, now, this.#ownOuts());
    try {
      const { decision, words, rule } = await send<Answer>('POST', 'api/gate/check', {
        checkpoint: pack.checkpoint,
        household: who.household,
        direction: asked.direction,
        ...(asked.celsius === null ? {} : { celsius: asked.celsius }),
        ...(asked.purpose === 'none' ? {} : { purpose: asked.purpose }),
      });
      return { decision, words, rule, pass: null };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.code === 'household-unknown' ? 'unknown' : (decideUnknown(pack, now) ?? 'ask');
    }
  }

  #ownOuts(): OwnOut[] {
    return this.outbox.all
      .peek()
      .flatMap(({ fact, home, refusal }) =>
        home !== undefined && refusal === null && directionOf(fact) === 'out'
          ? { home, at: this.#wall(Date.parse(fact.at)) }
          : [],
      );
  }

  /** Records that somebody went through, or what became of somebody who lives elsewhere. Once this returns it is on the phone for good. */
  async record(who: Who, answer: Answer, asked: Omit<Asked, 'at'>): Promise<void> {
    const { pack, offset } = this.keeper.kept.peek()!;
    const clock = new Date().toISOString();
    const { direction, celsius } = asked;
    const measured = celsius === null ? {} : { celsius };
    const what = { id: uuid(), at: new Date(Date.now() + offset).toISOString() };
    const { checkpoint } = pack;
    const fact: Passing =
      'other' in who
        ? {
            ...what,
            ...measured,
            checkpoint,
            direction,
            who: who.other,
            ...(who.visits === '' ? {} : { household: who.visits }),
            outcome: answer.decision,
          }
        : {
            ...what,
            kind: 'passage',
            household: answer.pass === null ? (who as { household: string }).household : `pass:${answer.pass.serial}`,
            clock,
            source: `checkpoint:${checkpoint}`,
            data: { checkpoint, direction, ...measured },
          };
    const saved: Saved<Passing> = {
      fact,
      account: this.account,
      clock,
      place: this.placeOf(who, answer),
      ...(answer.pass === null ? {} : { home: answer.pass.household }),
      sent: null,
      refusal: null,
    };
    await this.outbox.save([saved]);
  }

  /** Who it is, in words. */
  placeOf(who: Who, answer: Shown | null): string {
    if ('other' in who) return this.t(`gate.who.${who.other}`);
    if ('household' in who) return who.household;
    const pass = answer !== null && typeof answer !== 'string' ? answer.pass : null;
    return pass === null ? '' : this.t('gate.pass', { n: String(pass.serial) });
  }
}

/** What was read or typed, as whom it stands for. */
export const whoIs = (text: string): Who =>
  isToken(text.trimStart()) ? { token: text.trimStart().replace(/[\r\n]+$/, '') } : { household: text.trim() };

export const directionOf = (what: Passing): string =>
  'who' in what ? what.direction : (what.data as { direction: string }).direction;
