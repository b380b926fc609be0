import { signal } from '@preact/signals';
import { createRef } from 'preact';
import { ApiError, api } from '../api/client';
import type { GridCounts, GridSummary } from '../api/types';
import type { Viewer } from '../frame/parts';
import { SidePanel } from '../frame/side';
import { Side } from '../frame/sides';
import type { Drawer } from '../panel/drawer';
import { isNotThere, Sentence, Trouble } from '../panel/trouble';
import { type Conditions, type Listing, listing, lookingSo } from '../table/conditions';
import type { ListDock } from '../table/dock';
import { throttle } from '../ui/throttle';
import { type Chart, chart } from './chart';
import { Children } from './children';
import { Figures } from './figures';
import { gridAt } from './follow';
import { type HouseholdList, householdList, type ListName } from './list';
import { Zones } from './zones';
import './situation.css';

/** What is shown: nothing yet, a grid's counts, or why they are not there. */
type View = { summary: GridSummary } | { error: unknown } | null;

/** The situation of one grid: counts, coverage, what is overdue, how it went, its grids below, and who is concerned. */
export class SituationPanel {
  readonly #side: Side;
  readonly #title = createRef<HTMLHeadingElement>();
  readonly #chart: Chart;
  readonly #list: HouseholdList;
  readonly #view = signal<View>(null);
  readonly #follows = signal(false);
  readonly #refresh: () => void;
  #grid: string | null = null;
  #grids: GridCounts[] = [];
  #opener: Element | null = null;

  constructor(
    private readonly viewer: Viewer,
    drawer: Drawer,
    private readonly dock: ListDock,
  ) {
    const { slots, sides, address, feed, time, map, coveredArea, menu, keys, card } = viewer;
    this.#refresh = throttle(
      400,
      () => this.#load(),
      () => (time.moment === null ? 1_000 : 400),
    );
    this.#side = new Side(() => this.#refresh());
    this.#chart = chart(viewer);
    this.#list = householdList(
      viewer,
      drawer,
      () => this.#side.shown.peek(),
      (name) => address.amend({ list: name }),
      (list) => this.#asTable(list),
    );
    slots.put('side', <this.Panel />);
    const toggle = () => (this.#isOpen ? this.close() : this.open(coveredArea.grid));
    menu.add({ icon: 'chart', label: viewer.t('situation.label'), run: toggle });
    keys.add('s', 'situation.label', toggle);
    card.asked.on((look) => {
      if (coveredArea.grid !== null) this.#asTable(listing({ grid: coveredArea.grid, ...lookingSo(look) }));
    });
    map.on('moveend', () => void this.#followMap());
    const seen = () => this.#isOpen && !document.hidden && this.#refresh();
    for (const happens of [feed.advanced, feed.again]) happens.on(seen);
    document.addEventListener('visibilitychange', seen);
    time.changed.on(() => this.#isOpen && this.#refresh());
    sides.changed.on(() => this.#isOpen && this.#chart.fit());
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !this.#isOpen) return;
      event.preventDefault();
      this.close();
    });
    const fromAddress = () => {
      const grid = address.get('grid');
      if (grid === null && this.#grid !== null) this.close();
      else if (grid !== null && grid !== this.#grid) this.open(grid);
    };
    address.onChange(fromAddress);
    fromAddress();
  }

  get #isOpen(): boolean {
    return this.viewer.sides.top === this.#side;
  }

  /** @param show whether the map is moved to it */
  open(grid: string | null, show = false): void {
    const { notices, t, address, sides } = this.viewer;
    if (grid === null) {
      notices.show(t('card.empty'), 5_000);
      return;
    }
    if (!this.#isOpen) this.#opener = document.activeElement;
    const isOther = grid !== this.#grid;
    this.#grid = grid;
    address.set({ grid });
    sides.show(this.#side);
    this.#list.show(grid, (address.get('list') as ListName | null) ?? 'longest');
    void this.#chart.show(grid);
    if (isOther) void this.#load().then(() => this.#title.current?.focus({ preventScroll: true }));
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
      this.#view.value = { summary };
      this.#chart.fit();
    } catch (error) {
      if (grid !== this.#grid) return;
      const view = this.#view.peek();
      // what is shown stays, and says by the card that it is not live
      if (view && 'summary' in view && view.summary.code === grid && !isNotThere(error))
        notices.show(t('situation.failed'), 4_000);
      else {
        if (!(error instanceof ApiError)) console.error(error);
        this.#view.value = { error };
      }
    }
  }

  private readonly Panel = () => {
    const { t } = this.viewer;
    const view = this.#view.value;
    const summary = view && 'summary' in view ? view.summary : null;
    const list = (grid: string, conditions: Conditions) => this.#asTable(listing({ grid, ...conditions }));
    const head = (
      <div>
        <nav class="path">
          {summary &&
            this.#above(summary).map((grid) => (
              <button key={grid.code} type="button" class="quiet" onClick={() => this.open(grid.code, true)}>
                {`${grid.name} ›`}
              </button>
            ))}
        </nav>
        <h2 ref={this.#title} tabIndex={-1}>
          {summary?.name ?? (view ? t('situation.label') : '')}
        </h2>
      </div>
    );
    return (
      <SidePanel
        side={this.#side}
        id="situation"
        label={t('situation.label')}
        head={head}
        closeLabel={t('panel.close')}
        close={() => this.close()}
      >
        <div class="body">
          <label class="follow">
            <input
              type="checkbox"
              id="follow-map"
              checked={this.#follows}
              onChange={(event) => {
                this.#follows.value = event.currentTarget.checked;
                void this.#followMap();
              }}
            />
            {t('situation.follow')}
          </label>
          <div class="figures">
            {summary && <Figures summary={summary} t={t} list={(conditions) => list(summary.code, conditions)} />}
            {view && 'error' in view && this.#failure(view.error)}
          </div>
          {summary && <Zones summary={summary} viewer={this.viewer} />}
          {summary && <Children summary={summary} t={t} open={(grid) => this.open(grid, true)} list={list} />}
          {/* what there is to be seen only where the counts are, and keeps what it has meanwhile */}
          <div hidden={view !== null && summary === null}>
            {this.#list.content}
            {this.#chart.content}
          </div>
        </div>
      </SidePanel>
    );
  };

  /** The table takes the place: both together would leave too little of the map. */
  #asTable(list: Listing): void {
    if (this.#grid !== null) this.close();
    this.dock.open(list);
  }

  #failure(error: unknown) {
    const { t, coveredArea, name } = this.viewer;
    const isElsewhere = isNotThere(error) && coveredArea.grid !== null && coveredArea.grid !== this.#grid;
    return isElsewhere ? (
      <Sentence
        sentence={t('situation.refused')}
        action={t('situation.own', { name })}
        run={() => this.open(coveredArea.grid, true)}
      />
    ) : (
      <Trouble error={error} t={t} retry={this.#refresh} />
    );
  }

  #above(summary: GridSummary): GridCounts[] {
    const path: GridCounts[] = [];
    const parentOf = (code: string) => this.#grids.find((grid) => grid.code === code)?.parent ?? null;
    for (let code = parentOf(summary.code); code !== null; ) {
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
    if (!this.#follows.peek() || !this.#isOpen) return;
    if (this.#grids.length === 0) this.#grids = (await api.grids()).grids;
    const { map } = this.viewer;
    const grid = gridAt(this.#grids, map.getBounds().toArray(), map.getCenter().toArray());
    if (grid !== null && grid !== this.#grid) this.open(grid);
  }
}
