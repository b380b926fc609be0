import { api } from '../api/client';
import { type GridCounts, type GridSummary, statuses } from '../api/types';
import { byId, h, replaceContent } from '../dom';
import type { Side } from '../frame/sides';
import type { Viewer } from '../frame/viewer';
import { chip, signed } from '../legend/card';
import { throttle } from '../live/throttle';
import type { Drawer } from '../panel/drawer';
import { isNotThere, trouble, troubleOf } from '../panel/trouble';
import { chart } from './chart';
import { childrenTable } from './children';
import { gridAt } from './follow';
import { householdList, type ListName } from './list';
import { zonesOf } from './zones';
import './situation.css';

/** The situation of one grid: counts, coverage, what is overdue, how it went, its grids below, and who is concerned. */
export class SituationPanel {
  readonly #side: Side;
  readonly #title = h('h2', { tabindex: -1 });
  readonly #path = h('nav', { class: 'path' });
  readonly #figures = h('div', { class: 'figures' });
  readonly #zones = h('div', {});
  readonly #chart: ReturnType<typeof chart>;
  readonly #table: ReturnType<typeof childrenTable>;
  readonly #list: ReturnType<typeof householdList>;
  readonly #follow = h('input', { type: 'checkbox', id: 'follow-map' });
  #grid: string | null = null;
  /** The grid whose counts are shown. */
  #shown: string | null = null;
  /** What there is to be seen only where the counts are. */
  readonly #parts: HTMLElement[];
  #grids: GridCounts[] = [];
  #opener: Element | null = null;
  readonly #refresh: () => void;

  constructor(
    private readonly viewer: Viewer,
    drawer: Drawer,
  ) {
    const { t, main, sides, address, feed, time, map, place, menu, keys } = viewer;
    const element = h('section', { id: 'situation', class: 'side', hidden: true, 'aria-label': t('situation.label') });
    this.#side = { element, uncovered: () => this.#refresh() };
    this.#chart = chart(viewer);
    this.#table = childrenTable(viewer, (code) => this.open(code, true));
    this.#list = householdList(viewer, drawer, (name) => address.set({ list: name }));
    this.#parts = [this.#zones, this.#table.element, this.#list.element, this.#chart.element];
    this.#refresh = throttle(
      400,
      () => this.#load(),
      () => (time.moment === null ? 1_000 : 400),
    );
    element.append(
      h(
        'header',
        {},
        h('div', {}, this.#path, this.#title),
        h('button', {
          type: 'button',
          class: 'icon close',
          'aria-label': t('panel.close'),
          onclick: () => this.close(),
        }),
      ),
      h(
        'div',
        { class: 'body' },
        h('label', { class: 'follow' }, this.#follow, t('situation.follow')),
        this.#figures,
        this.#zones,
        this.#table.element,
        this.#list.element,
        this.#chart.element,
      ),
    );
    main.insertBefore(element, byId('notice'));
    menu.add({
      icon: 'chart',
      label: t('situation.label'),
      run: () => (this.#isOpen ? this.close() : this.open(place.grid)),
    });
    keys.add('s', 'situation.label', () => (this.#isOpen ? this.close() : this.open(place.grid)));
    viewer.card.askedForUnsurveyed.on(() => {
      this.open(place.grid);
      if (place.grid !== null) this.#list.show(place.grid, 'unsurveyed', true);
    });
    this.#follow.addEventListener('change', () => void this.#followMap());
    map.on('moveend', () => void this.#followMap());
    for (const signal of [feed.advanced, feed.again])
      signal.on(() => this.#isOpen && !document.hidden && this.#refresh());
    document.addEventListener('visibilitychange', () => this.#isOpen && !document.hidden && this.#refresh());
    time.changed.on(() => this.#isOpen && this.#refresh());
    sides.changed.on(() => this.#isOpen && this.#chart.fit());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented && sides.top === this.#side) this.close();
    });
    const fromAddress = () => {
      const grid = address.get('grid');
      if (grid !== null && grid !== this.#grid) this.open(grid);
    };
    address.onChange(fromAddress);
    fromAddress();
  }

  get #isOpen(): boolean {
    return this.viewer.sides.top === this.#side;
  }

  /** @param show whether the map is moved to it */
  open(grid: string | null, show = false): void {
    if (grid === null) return this.viewer.notices.show(this.viewer.t('card.empty'), 5_000);
    if (!this.#isOpen) this.#opener = document.activeElement;
    const other = grid !== this.#grid;
    this.#grid = grid;
    this.viewer.address.set({ grid });
    this.viewer.sides.show(this.#side);
    this.#list.show(grid, (this.viewer.address.get('list') as ListName | null) ?? 'longest');
    void this.#chart.show(grid);
    if (other) void this.#load().then(() => this.#title.focus({ preventScroll: true }));
    else this.#refresh();
    if (show) this.#showOnMap();
  }

  close(): void {
    this.#grid = null;
    this.viewer.address.set({ grid: null, list: null });
    this.viewer.sides.hide(this.#side);
    if (this.#opener instanceof HTMLElement) this.#opener.focus();
  }

  async #load(): Promise<void> {
    const { t, time, notices } = this.viewer;
    const grid = this.#grid;
    if (grid === null) return;
    try {
      const [summary, { grids }] = await Promise.all([
        api.summary(grid, time.query),
        this.#grids.length > 0 ? { grids: this.#grids } : api.grids(),
      ]);
      if (grid !== this.#grid) return;
      this.#grids = grids;
      this.#show(summary);
    } catch (error) {
      if (grid !== this.#grid) return;
      // what is shown stays, and says by the card that it is not live
      if (this.#shown === grid && !isNotThere(error)) notices.show(t('situation.failed'), 4_000);
      else this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { t, place, name } = this.viewer;
    this.#shown = null;
    this.#title.textContent = t('situation.label');
    for (const part of this.#parts) part.hidden = true;
    const isElsewhere = isNotThere(error) && place.grid !== null && place.grid !== this.#grid;
    replaceContent(this.#path);
    replaceContent(
      this.#figures,
      isElsewhere
        ? troubleOf(t('situation.refused'), t('situation.own', { name }), () => this.open(place.grid, true))
        : trouble(error, t, this.#refresh),
    );
  }

  #show(summary: GridSummary): void {
    if (this.#shown === null) {
      for (const part of this.#parts) part.hidden = false;
      this.#chart.fit();
    }
    this.#shown = summary.code;
    const { t, viewer } = { t: this.viewer.t, viewer: this.viewer };
    this.#title.textContent = summary.name;
    replaceContent(
      this.#path,
      ...this.#above(summary).map((grid) =>
        h(
          'button',
          { type: 'button', class: 'quiet', 'data-key': grid.code, onclick: () => this.open(grid.code, true) },
          grid.name,
          ' ›',
        ),
      ),
    );
    const [unvisited, overdue] = [summary.households - summary.surveyed, summary.overdue ?? 0];
    const figure = (list: ListName, label: string, n: number, title: string | null = null) =>
      h(
        'button',
        {
          type: 'button',
          class: 'figure',
          'data-key': list,
          'data-list': list,
          title,
          disabled: n === 0,
          onclick: () => this.#list.show(summary.code, list, true),
        },
        h('span', {}, label),
        h('b', {}, t.households(n)),
      );
    replaceContent(
      this.#figures,
      h(
        'ul',
        { class: 'counts' },
        ...statuses.map((status) =>
          h(
            'li',
            { 'data-status': status },
            chip(status),
            h('span', {}, t(`status.${status}`)),
            h('b', {}, t.number(summary[status])),
            h('span', { class: 'second', title: t('card.change') }, signed(summary.change24h[status], t)),
          ),
        ),
      ),
      h(
        'p',
        { class: 'second total' },
        t('card.total', { households: t.households(summary.households), persons: t.persons(summary.persons) }),
      ),
      figure('unsurveyed', t('situation.unsurveyed'), unvisited),
      figure('overdue', t('situation.overdue'), overdue),
      summary.misplaced === 0
        ? h('p', { class: 'second' }, t('situation.placed'))
        : figure('misplaced', t('situation.misplaced'), summary.misplaced, t('situation.misplaced.hint')),
    );
    void zonesOf(viewer, summary).then((zones) => replaceContent(this.#zones, zones));
    this.#table.show(summary);
  }

  #above(summary: GridSummary): GridCounts[] {
    const path: GridCounts[] = [];
    for (let code = this.#grids.find((grid) => grid.code === summary.code)?.parent ?? null; code !== null; ) {
      const above = this.#grids.find((grid) => grid.code === code);
      if (!above) break;
      path.unshift(above);
      code = above.parent;
    }
    return path;
  }

  #showOnMap(): void {
    const bounds = this.#grids.find(({ code }) => code === this.#grid)?.bounds;
    if (bounds) this.viewer.map.fitBounds(bounds, { padding: this.viewer.padding(), maxZoom: 18 });
  }

  async #followMap(): Promise<void> {
    if (!this.#follow.checked || !this.#isOpen) return;
    if (this.#grids.length === 0) this.#grids = (await api.grids()).grids;
    const grid = gridAt(this.#grids, this.viewer.map.getBounds().toArray(), this.viewer.map.getCenter().toArray());
    if (grid !== null && grid !== this.#grid) this.open(grid);
  }
}
