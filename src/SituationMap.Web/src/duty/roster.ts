import { batch, signal } from '@preact/signals';
import { v4 as uuid } from 'uuid';
import { ApiError, api } from '../api/client';
import type { DutyStep, Post, Shift, Workers } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { may } from '../session/session';

export const hour = 3_600_000;
const before = 8 * hour;

/** A shift that somebody is about to plan or to change. */
export interface Draft {
  post: string;
  /** Null: a new one. */
  shift: Shift | null;
  worker: string;
  from: number;
  to: number;
}

type NewStep = Omit<DutyStep, 'id' | 'shift'> & { shift: string };

/** Posts and their shifts in 24 hours, and what is done about them. */
export class Roster {
  readonly posts = signal<readonly Post[] | 'loading' | 'failed'>('loading');
  readonly workers = signal<Workers | null>(null);
  /** By how many days the hours that are shown are others than those around now. */
  readonly days = signal(0);
  readonly draft = signal<Draft | null>(null);
  readonly said = signal('');
  /** What takes the last step back; null: nothing does. */
  readonly undo = signal<(() => Promise<void>) | null>(null);
  readonly plans: boolean;
  #asked = 0;

  constructor(private readonly viewer: SessionParts) {
    this.plans = may(viewer.session, 'dispatch');
  }

  /** The instant that the page shows, ms. */
  get now(): number {
    const { moment, ahead } = this.viewer.time;
    return moment === null ? Date.now() + (ahead ?? 0) : Date.parse(moment.at);
  }

  /** Whether anything can be done: of the past nothing can. */
  get isPresent(): boolean {
    return this.viewer.time.moment === null;
  }

  /** Where the 24 hours begin, ms. */
  get from(): number {
    return Math.floor((this.now - before) / hour) * hour + this.days.value * 24 * hour;
  }

  async load(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const { time, coveredArea } = this.viewer;
    const [from, to] = [iso(this.from), iso(this.from + 24 * hour)];
    const grid = coveredArea.grid === null ? {} : { grid: coveredArea.grid };
    try {
      const [{ posts }, workers] = await Promise.all([
        api.posts({ ...time.query, ...grid, from, to }),
        this.plans ? api.workers(time.moment === null ? {} : { at: time.moment.at }) : null,
      ]);
      if (mine !== this.#asked) return;
      batch(() => {
        this.posts.value = posts;
        this.workers.value = workers;
      });
    } catch {
      if (mine === this.#asked && typeof this.posts.peek() === 'string') this.posts.value = 'failed';
    }
  }

  /** Plans a new shift, or an old one otherwise. */
  async plan({ post, shift, worker, from, to }: Draft): Promise<boolean> {
    const id = shift?.id ?? uuid();
    const planned: NewStep = { kind: 'planned', shift: id, worker, from: iso(from), to: iso(to) };
    return this.#send(post, [planned], 'duty.planned', [
      shift === null ? { kind: 'cancelled', shift: id } : planOf(shift),
    ]);
  }

  cancel(post: string, shift: Shift): Promise<boolean> {
    return this.#send(post, [{ kind: 'cancelled', shift: shift.id }], 'duty.cancelled', [planOf(shift)]);
  }

  arrive(post: string, shift: Shift): Promise<boolean> {
    return this.#send(post, [{ kind: 'arrived', shift: shift.id }], 'duty.arrived');
  }

  leave(post: string, shift: Shift): Promise<boolean> {
    return this.#send(post, [{ kind: 'left', shift: shift.id }], 'duty.left');
  }

  handOver(post: string, shift: Shift, next: Shift): Promise<boolean> {
    const steps: NewStep[] = [{ kind: 'arrived', shift: next.id }];
    return this.#send(post, [...steps, { kind: 'left', shift: shift.id }], 'duty.handed');
  }

  /** Plans the week of the hours that are shown as the one before. */
  async copyWeek(): Promise<void> {
    const day = (at: number) => new Date(at).toISOString().slice(0, 10);
    const { coveredArea, t } = this.viewer;
    const middle = this.from + 12 * hour;
    await this.#trying(async () => {
      const { accepted } = await api.copyWeek({
        grid: coveredArea.grid,
        from: day(middle - 7 * 24 * hour),
        to: day(middle),
      });
      this.said.value = t('duty.copied', { n: t.number(accepted) });
      this.undo.value = null;
      await this.load();
    });
  }

  /** @param back the steps that take it back; without them its own are retracted */
  async #send(
    post: string,
    steps: NewStep[],
    said: 'duty.planned' | 'duty.cancelled' | 'duty.arrived' | 'duty.left' | 'duty.handed',
    back?: NewStep[],
  ) {
    const sent = steps.map((step) => ({ id: uuid(), ...step }));
    const undoing = back ?? sent.map(({ id, shift }): NewStep => ({ kind: 'retracted', shift, step: id }));
    return this.#trying(async () => {
      await api.duty(post, sent);
      batch(() => {
        this.draft.value = null;
        this.said.value = this.viewer.t(said);
        // who may only stand duty cannot take a step back; somebody who plans can
        this.undo.value = this.plans ? () => this.#undo(post, undoing) : null;
      });
      await this.load();
    });
  }

  async #undo(post: string, steps: NewStep[]): Promise<void> {
    await this.#trying(async () => {
      await api.duty(
        post,
        steps.map((step) => ({ id: uuid(), ...step })),
      );
      this.said.value = this.viewer.t('duty.undone');
      this.undo.value = null;
      await this.load();
    });
  }

  async #trying(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.said.value = this.viewer.t(error.status === null ? 'panel.unreachable' : 'duty.refused');
      this.undo.value = null;
      return false;
    }
  }
}

export const iso = (at: number): string => new Date(at).toISOString();

const planOf = ({ id, worker, from, to }: Shift): NewStep => ({ kind: 'planned', shift: id, worker, from, to });
