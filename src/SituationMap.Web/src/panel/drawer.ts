import { may } from '../access/session';
import { api } from '../api/client';
import { type Box, type BuildingMatrix, type StatusChanges, statuses } from '../api/types';
import { h, replaceContent } from '../dom';
import type { Selection } from '../frame/address';
import type { Side } from '../frame/sides';
import type { Viewer } from '../frame/viewer';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import { chip } from '../legend/card';
import { type Actions, householdActions } from './actions';
import { householdView } from './household';
import { matrixTable, updateCell } from './matrix';
import { Members } from './members';
import { trouble } from './trouble';

export interface DrawerEvents {
  /** Something else is selected now; null when nothing is. Ids are those of the tiles' features. */
  selected: (selection: Selection | null, building: number | null, household: number | null) => void;
}

/** The drawer at the right: a building with its households, or one household. There only while something is selected. */
export class Drawer {
  #selection: Selection | null = null;
  #matrix: BuildingMatrix | null = null;
  #household: number | null = null;
  #running: AbortController | null = null;
  #again = false;
  #actions: Actions | null = null;
  #members: Members | null = null;
  #opener: Element | null = null;
  readonly #title = h('h2', { tabindex: -1 });
  readonly #subtitle = h('p', { class: 'second' });
  readonly #back: HTMLButtonElement;
  readonly #body = h('div', { class: 'body' });

  readonly #side: Side;
  private readonly t: Translator;
  private readonly times: Times;

  constructor(
    element: HTMLElement,
    private readonly viewer: Viewer,
    private readonly events: DrawerEvents,
  ) {
    const { t, times } = viewer;
    [this.t, this.times] = [t, times];
    this.#side = { element };
    this.#back = h(
      'button',
      { type: 'button', class: 'quiet back', onclick: () => this.#toBuilding() },
      '‹ ',
      t('household.back'),
    );
    element.setAttribute('aria-label', t('panel.label'));
    element.append(
      h(
        'header',
        {},
        h('div', {}, this.#back, this.#title, this.#subtitle),
        h('button', {
          type: 'button',
          class: 'icon close',
          'aria-label': t('panel.close'),
          onclick: () => this.close(),
        }),
      ),
      this.#body,
    );
    viewer.time.changed.on(() => this.refresh());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented && viewer.sides.top === this.#side) this.close();
    });
  }

  get selection(): Selection | null {
    return this.#selection;
  }

  /** Where what is open stands; null until that is known. */
  get bounds(): Box | null {
    return this.#matrix?.bounds ?? null;
  }

  /** @param householdId opens the household with this id (of its tile feature) at once */
  async open(selection: Selection, householdId: number | null = null): Promise<void> {
    const sameBuilding = this.#matrix?.building === selection.building;
    if (this.#selection === null) this.#opener = document.activeElement;
    this.#selection = selection;
    if (!sameBuilding) {
      this.#matrix = null;
      this.#household = null;
      this.#title.textContent = '';
      this.#subtitle.textContent = '';
      this.#back.hidden = true;
      this.#body.replaceChildren(h('p', { class: 'hint' }, this.t('panel.loading')));
    }
    this.viewer.sides.show(this.#side);
    await this.#load(householdId);
    if (this.#selection?.building === selection.building) this.#title.focus({ preventScroll: true });
  }

  close(): void {
    this.#running?.abort();
    this.#selection = null;
    this.#matrix = null;
    this.#household = this.#members = null;
    this.viewer.sides.hide(this.#side);
    this.events.selected(null, null, null);
    if (this.#opener instanceof HTMLElement) this.#opener.focus();
  }

  /** The feed brought changes: shows them where they concern what is open. */
  changed({ buildings, households }: StatusChanges): void {
    const matrix = this.viewer.time.moment === null ? this.#matrix : null;
    if (!matrix || !buildings.some((building) => building.id === matrix.id)) {
      if (!matrix || !households.some((household) => household.building === matrix.id)) return;
    }
    for (const { id, status, surveyed } of households) updateCell(this.#body, id, status, surveyed);
    this.refresh();
  }

  /** Fetches what is open anew; asked for again while it does, it does so once more afterwards. */
  refresh(): void {
    if (!this.#selection) return;
    if (this.#running) this.#again = true;
    else void this.#load(null);
  }

  #toBuilding(): void {
    if (this.#selection) void this.open({ building: this.#selection.building, household: null });
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
      this.#failed(error);
    }
    if (this.#running !== running) return;
    this.#running = null;
    if (this.#again) this.refresh();
  }

  async #fetch(householdId: number | null, signal: AbortSignal): Promise<void> {
    const { building, household } = this.#selection!;
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
      this.#showBuilding(matrix);
      return;
    }
    const code = household ?? cell!.household;
    const parts = await (known ?? this.#fetchHousehold(code, signal));
    this.#selection = { building, household: code };
    this.#household = parts.household.id;
    this.#title.textContent = [matrix.address, cell?.label ?? parts.household.label].filter(Boolean).join(' ');
    this.#subtitle.textContent = only ? this.#kind(matrix) : '';
    this.#back.hidden = only !== null;
    const opened = [...this.#body.querySelectorAll('details[open] > summary')].map(
      (summary) => (summary as HTMLElement).dataset.key,
    );
    // a form that is being filled in is not taken away by what comes in meanwhile
    const actions =
      this.#actions?.household === code && this.#actions.isOpen
        ? this.#actions
        : this.viewer.time.moment === null && may(this.viewer.session, 'report')
          ? householdActions(this.viewer, parts.household, () => this.refresh())
          : null;
    this.#actions = actions;
    if (this.#members?.household !== code)
      this.#members = may(this.viewer.session, 'seePersons') ? new Members(code, this.t) : null;
    else void this.#members.load();
    replaceContent(
      this.#body,
      householdView(parts.household, parts.status, parts.history, actions, this.#members, this.t, this.times),
    );
    for (const key of opened)
      this.#body.querySelector(`summary[data-key="${key}"]`)?.parentElement?.setAttribute('open', '');
    this.events.selected(this.#selection, matrix.id, this.#household);
  }

  async #fetchHousehold(code: string, signal: AbortSignal) {
    const [household, status, history] = await Promise.all([
      api.household(code, signal),
      api.status(code, this.viewer.time.query, signal),
      api.history(code, signal),
    ]);
    return { household, status, history };
  }

  #showBuilding(matrix: BuildingMatrix): void {
    const { t } = this;
    this.#household = this.#members = null;
    const total = matrix.cells.length;
    const unsurveyed = total - matrix.surveyed;
    this.#title.textContent = matrix.address;
    this.#subtitle.textContent = this.#kind(matrix);
    this.#back.hidden = true;
    replaceContent(
      this.#body,
      ...(total === 0
        ? [h('p', {}, t('building.nobody'))]
        : [
            h(
              'p',
              { class: 'total' },
              unsurveyed === 0
                ? t('building.households.all', { households: t.households(total) })
                : t('building.households', { households: t.households(total), unsurveyed: t.households(unsurveyed) }),
            ),
            h(
              'ul',
              { class: 'tally' },
              ...statuses.map((status) =>
                h('li', {}, chip(status), t(`status.${status}`), ' ', h('b', {}, t.households(matrix[status]))),
              ),
            ),
            matrixTable(matrix, t, (cell) => void this.open({ building: matrix.building, household: cell.household })),
          ]),
    );
    this.events.selected(this.#selection, matrix.id, null);
  }

  #kind(matrix: BuildingMatrix): string {
    if (matrix.kind === 'shop' || matrix.kind === 'house') return this.t(`building.${matrix.kind}`);
    return matrix.units === 0 ? '' : this.t('building.slab', { floors: matrix.floors, units: matrix.units });
  }

  #failed(error: unknown): void {
    this.#back.hidden = true;
    this.#title.textContent = this.t('panel.label');
    this.#body.replaceChildren(trouble(error, this.t, () => this.refresh()));
  }
}
