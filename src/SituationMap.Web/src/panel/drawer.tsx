import { batch, signal } from '@preact/signals';
import { createRef } from 'preact';
import { ApiError, api } from '../api/client';
import type { Box, BuildingMatrix, MatrixCell, StatusChanges } from '../api/types';
import type { Selection } from '../frame/address';
import type { PageParts, SessionParts } from '../frame/parts';
import { Side } from '../frame/sides';
import { Close } from '../ui/close';
import { Building, kindOf } from './building';
import { type Household, HouseholdView } from './household';
import type { Report } from './report';
import { Trouble } from './trouble';

export interface DrawerEvents {
  /** Somebody wants this selected; null: nothing any more. */
  asked: (selection: Selection | null) => void;
  /** Something else is selected now; null when nothing is. Ids are those of the tiles' features. */
  selected: (selection: Selection | null, building: number | null, household: number | null) => void;
}

/** What the drawer shows. */
type View =
  | { kind: 'loading' }
  | { kind: 'failed'; error: unknown }
  | { kind: 'building'; matrix: BuildingMatrix }
  | { kind: 'household'; matrix: BuildingMatrix; parts: Household; label: string };

/**
 * The drawer at the right: a building with its households, or one household. There only while something is selected.
 */
export class Drawer {
  readonly #selected = signal<Selection | null>(null);
  #matrix: BuildingMatrix | null = null;
  #running: AbortController | null = null;
  #again = false;
  #opener: Element | null = null;
  readonly #side = new Side();
  readonly #view = signal<View>({ kind: 'loading' });
  readonly #report = signal<Report | null>(null);
  readonly #title = createRef<HTMLHeadingElement>();

  constructor(
    private readonly viewer: PageParts & SessionParts,
    private readonly events: DrawerEvents,
  ) {
    const { sides, slots, time } = viewer;
    slots.put('side', <this.Panel />);
    time.changed.on(() => this.refresh());
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || sides.top !== this.#side) return;
      // what lies below it stays
      event.preventDefault();
      this.close();
    });
  }

  get selection(): Selection | null {
    return this.#selected.value;
  }

  /** Where what is open stands; null until that is known. */
  get bounds(): Box | null {
    return this.#matrix?.bounds ?? null;
  }

  /** @param householdId opens the household with this id (of its tile feature) at once */
  async open(selection: Selection, householdId: number | null = null): Promise<void> {
    const sameBuilding = this.#matrix?.building === selection.building;
    if (this.#selected.peek() === null) this.#opener = document.activeElement;
    this.#selected.value = selection;
    if (!sameBuilding) {
      this.#matrix = null;
      this.#view.value = { kind: 'loading' };
    }
    this.events.asked(selection);
    this.viewer.sides.show(this.#side);
    await this.#load(householdId);
    if (this.#selected.peek()?.building === selection.building) this.#title.current?.focus({ preventScroll: true });
  }

  close(): void {
    this.#running?.abort();
    this.#selected.value = null;
    this.#matrix = null;
    this.events.asked(null);
    this.viewer.sides.hide(this.#side);
    // what was shown for a purpose, or written, goes with it
    batch(() => {
      this.#report.value = null;
      this.#view.value = { kind: 'loading' };
    });
    this.events.selected(null, null, null);
    if (this.#opener instanceof HTMLElement) this.#opener.focus();
  }

  /** The feed brought changes: shows them where they concern what is open. */
  changed({ buildings, households }: StatusChanges): void {
    const matrix = this.viewer.time.moment === null ? this.#matrix : null;
    if (!matrix) return;
    const concerns =
      buildings.some((building) => building.id === matrix.id) ||
      households.some((household) => household.building === matrix.id);
    if (!concerns) return;
    const view = this.#view.peek();
    if (view.kind === 'building') {
      // coloured anew before the matrix is fetched again
      const byId = new Map(households.map((household) => [household.id, household]));
      const cells = view.matrix.cells.map((cell): MatrixCell => {
        const one = byId.get(cell.id);
        return one ? { ...cell, status: one.status, surveyed: one.surveyed } : cell;
      });
      this.#view.value = { ...view, matrix: { ...view.matrix, cells } };
    }
    this.refresh();
  }

  /** Fetches what is open anew; asked for again while it does, it does so once more afterwards. */
  refresh(): void {
    if (!this.#selected.peek()) return;
    if (this.#running) this.#again = true;
    else void this.#load(null);
  }

  async #load(householdId: number | null): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#again = false;
    try {
      await this.#fetch(householdId, running.signal);
    } catch (error) {
      if (running.signal.aborted) return;
      if (!(error instanceof ApiError)) console.error(error);
      this.#view.value = { kind: 'failed', error };
    }
    if (this.#running !== running) return;
    this.#running = null;
    if (this.#again) this.refresh();
  }

  async #fetch(householdId: number | null, signal: AbortSignal): Promise<void> {
    const { building, household } = this.#selected.peek()!;
    const known = household === null ? null : this.#fetchHousehold(household, signal);
    known?.catch(() => undefined); // awaited below, unless the building fails first
    const matrix = await api.matrix(building, this.viewer.time.query, signal);
    this.#matrix = matrix;
    // a house in which one household lives has no matrix worth a click
    const only = matrix.cells.length === 1 ? matrix.cells[0]! : null;
    const cell =
      household !== null
        ? matrix.cells.find((one) => one.household === household)
        : (matrix.cells.find((one) => one.id === householdId) ?? only ?? undefined);
    if (household === null && !cell) {
      this.#view.value = { kind: 'building', matrix };
      this.events.selected(this.#selected.peek(), matrix.id, null);
      return;
    }
    const code = household ?? cell!.household;
    const parts = await (known ?? this.#fetchHousehold(code, signal));
    this.#selected.value = { building, household: code };
    this.#view.value = { kind: 'household', matrix, parts, label: cell?.label ?? parts.household.label };
    this.events.selected(this.#selected.peek(), matrix.id, parts.household.id);
  }

  async #fetchHousehold(code: string, signal: AbortSignal): Promise<Household> {
    const [household, status, history] = await Promise.all([
      api.household(code, signal),
      api.status(code, this.viewer.time.query, signal),
      api.history(code, signal),
    ]);
    return { household, status, history };
  }

  private readonly Panel = () => {
    const { t } = this.viewer;
    const view = this.#view.value;
    const isAlone = view.kind === 'household' && view.matrix.cells.length === 1;
    return (
      <section id="drawer" ref={this.#side.element} hidden={!this.#side.shown.value} aria-label={t('panel.label')}>
        <header>
          <div>
            <button
              type="button"
              class="quiet back"
              hidden={view.kind !== 'household' || isAlone}
              onClick={() => void this.open({ building: this.#selected.peek()!.building, household: null })}
            >
              {`‹ ${t('household.back')}`}
            </button>
            <h2 ref={this.#title} tabIndex={-1}>
              {this.#titleOf(view)}
            </h2>
            <p class="second">{view.kind === 'building' || isAlone ? kindOf(view.matrix, t) : ''}</p>
          </div>
          <Close label={t('panel.close')} close={() => this.close()} />
        </header>
        <div class="body">{this.#bodyOf(view)}</div>
      </section>
    );
  };

  #titleOf(view: View): string {
    if (view.kind === 'loading') return '';
    if (view.kind === 'failed') return this.viewer.t('panel.label');
    const { address } = view.matrix;
    return view.kind === 'building' ? address : [address, view.label].filter(Boolean).join(' ');
  }

  #bodyOf(view: View) {
    const { t } = this.viewer;
    if (view.kind === 'loading') return <p class="hint">{t('panel.loading')}</p>;
    if (view.kind === 'failed') return <Trouble error={view.error} t={t} retry={() => this.refresh()} />;
    if (view.kind === 'household')
      return (
        <HouseholdView parts={view.parts} viewer={this.viewer} report={this.#report} done={() => this.refresh()} />
      );
    const { matrix } = view;
    const open = (cell: MatrixCell) => void this.open({ building: matrix.building, household: cell.household });
    return <Building matrix={matrix} t={t} open={open} />;
  }
}
