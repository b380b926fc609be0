import { effect, signal } from '@preact/signals';
import { createRef } from 'preact';
import { ApiError, api } from '../api/client';
import { type Household, type Status, statuses } from '../api/types';
import { Grids } from '../frame/grids';
import type { Viewer } from '../frame/parts';
import type { Drawer } from '../panel/drawer';
import { isNotThere, Sentence, Trouble } from '../panel/trouble';
import { Chip } from '../theme/chip';
import { Close } from '../ui/close';
import { copied } from '../ui/copy';
import {
  type ColumnName,
  columnNames,
  conditionNames,
  type Listing,
  listing,
  read,
  sortedBy,
  toggled,
  withCondition,
  written,
} from './conditions';
import { Filters, type Named } from './filters';
import type { Grid } from './grid';
import { ListOnMap } from './onMap';
import { ListedRows, most, query, type Rows } from './rows';
import './table.css';

/** The households behind a number, as a table at the foot of the page; the map fades all others. */
export class ListDock {
  readonly #list = signal<Listing | null>(null);
  readonly #grids = new Grids();
  readonly #zones = signal<readonly Named[]>([]);
  readonly #grid = signal<typeof Grid | null>(null);
  readonly #rows: ListedRows;
  readonly #title = createRef<HTMLHeadingElement>();
  #cardWasFolded = false;
  #opener: Element | null = null;

  constructor(
    private readonly viewer: Viewer,
    private readonly drawer: Drawer,
  ) {
    const { slots, address } = viewer;
    this.#rows = new ListedRows(viewer);
    const onMap = new ListOnMap(viewer);
    effect(() => onMap.show(this.#rows.onMap.value));
    slots.put('dock', <this.Dock />);
    document.addEventListener('keydown', (event) => {
      const isElsewhere = event.defaultPrevented || viewer.sides.top !== undefined;
      if (event.key === 'Escape' && !isElsewhere && this.#list.peek() !== null) this.close();
    });
    const fromAddress = () => this.#show(read(address.get('table')));
    address.onChange(fromAddress);
    fromAddress();
  }

  /** Shows a list in the place of what lies at the right side. */
  open(list: Listing): void {
    if (this.#list.peek() === null) this.#opener = document.activeElement;
    this.#show(list);
    this.viewer.address.set({ table: written(list) });
    this.#title.current?.focus({ preventScroll: true });
  }

  close(): void {
    this.#show(null);
    this.viewer.address.set({ table: null });
    if (this.#opener instanceof HTMLElement) this.#opener.focus();
  }

  #show(list: Listing | null): void {
    const { card, mode, map } = this.viewer;
    const before = this.#list.peek();
    if ((before && written(before)) === (list && written(list))) return;
    if (before === null) {
      // the map keeps the larger part of the page
      this.#cardWasFolded = card.folded.peek();
      card.folded.value = true;
      void this.#fetchNames();
    }
    if (list === null) card.folded.value = this.#cardWasFolded;
    this.#list.value = list;
    mode.set('listing', list !== null);
    map.resize();
    const isSame = before && list && written({ ...before, columns: [] }) === written({ ...list, columns: [] });
    if (!isSame) this.#rows.show(list);
  }

  /** What the fields and cells have names for; the table stands without. */
  async #fetchNames(): Promise<void> {
    try {
      this.#grid.value ??= (await import('./grid')).Grid;
      const [{ zones }] = await Promise.all([api.zones({}), this.#grids.load()]);
      this.#zones.value = zones;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  readonly #open = async ({ building, household }: Household): Promise<void> => {
    const { map, padding } = this.viewer;
    await this.drawer.open({ building, household });
    const { bounds } = this.drawer;
    if (this.drawer.selection?.household === household && bounds)
      map.fitBounds(bounds, { padding: padding(), maxZoom: 18 });
  };

  private readonly Dock = () => {
    const { t } = this.viewer;
    const list = this.#list.value;
    return (
      <section id="table" hidden={list === null} aria-labelledby="table-title">
        {list === null ? null : (
          <>
            <header>
              <h2 id="table-title" ref={this.#title} tabIndex={-1}>
                {this.#said(list)}
              </h2>
              <this.Tools list={list} />
              <Close label={t('table.close')} close={() => this.close()} />
            </header>
            {this.#body(list, this.#rows.rows.value)}
          </>
        )}
      </section>
    );
  };

  /** How many, and of which grid. */
  #said({ conditions }: Listing) {
    const { t } = this.viewer;
    const rows = this.#rows.rows.value;
    return (
      <>
        <b data-total={rows.kind === 'there' ? rows.total : undefined}>
          {rows.kind === 'there' ? t.households(rows.total) : t('table.label')}
        </b>
        {conditions.grid ? <span class="second"> {this.#grids.nameOf(conditions.grid)}</span> : null}
      </>
    );
  }

  private readonly Tools = ({ list }: { list: Listing }) => {
    const { t, notices } = this.viewer;
    const chosen = list.conditions.status?.split(',') ?? [];
    const others = conditionNames.filter((name) => name !== 'status' && name !== 'grid' && list.conditions[name]);
    const change = (next: Listing) => this.open(next);
    const columns = (name: ColumnName) =>
      change({ ...list, columns: columnNames.filter((one) => list.columns.includes(one) !== (one === name)) });
    return (
      <div class="tools">
        <fieldset class="statuses">
          <legend class="unseen">{t('table.column.status')}</legend>
          {statuses.map((status: Status) => (
            <button
              key={status}
              type="button"
              aria-pressed={chosen.includes(status)}
              title={t(`status.${status}`)}
              onClick={() => change(toggled(list, status))}
            >
              <Chip status={status} />
              <span class="unseen">{t(`status.${status}`)}</span>
            </button>
          ))}
        </fieldset>
        <details name="table-fold">
          <summary>{others.length === 0 ? t('table.filters') : t('table.filters.n', { n: others.length })}</summary>
          <Filters
            list={list}
            grids={this.#grids.all.value}
            zones={this.#zones.value}
            session={this.viewer}
            change={change}
          />
        </details>
        <details name="table-fold">
          <summary>{t('table.columns')}</summary>
          <div class="columns">
            {columnNames.map((name) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={list.columns.includes(name)}
                  // one stays
                  disabled={list.columns.length === 1 && list.columns.includes(name)}
                  onChange={() => columns(name)}
                />
                {t(`table.column.${name}`)}
              </label>
            ))}
          </div>
        </details>
        {(['csv', 'xlsx'] as const).map((format) => (
          <a key={format} class="button" href={fileOf(list, format)} download={`households.${format}`}>
            {format.toUpperCase()}
          </a>
        ))}
        <button
          type="button"
          onClick={() => notices.show(t(copied(location.href) ? 'table.copied' : 'table.notCopied'), 4_000)}
        >
          {t('table.share')}
        </button>
      </div>
    );
  };

  #body(list: Listing, rows: Rows) {
    const { t, coveredArea, name, time } = this.viewer;
    const Drawn = this.#grid.value;
    if (rows.kind === 'failed') {
      const own = coveredArea.grid;
      const isElsewhere =
        rows.error instanceof ApiError && rows.error.field === 'grid' ? list.conditions.grid : undefined;
      if (isElsewhere !== undefined && own !== null)
        return (
          <Sentence
            sentence={t('table.refused')}
            action={t('situation.own', { name })}
            run={() => this.open(withCondition(list, 'grid', own))}
          />
        );
      return isNotThere(rows.error) || !(rows.error instanceof ApiError) || rows.error.status !== 400 ? (
        <Trouble error={rows.error} t={t} retry={() => this.#rows.again()} />
      ) : (
        <Sentence
          sentence={t('table.wrong', { field: t.or(`table.filter.${rows.error.field}`, rows.error.field ?? '') })}
          action={t('table.reset')}
          run={() => this.open({ ...listing({}), columns: list.columns })}
        />
      );
    }
    if (rows.kind === 'loading' || Drawn === null) return <p class="hint">{t('table.loading')}</p>;
    if (rows.total === 0)
      return (
        <Sentence
          sentence={t('table.none')}
          action={t('table.reset')}
          run={() => this.open({ ...listing(gridOf(list.conditions.grid)), columns: list.columns })}
        />
      );
    const isCut = rows.next !== null && rows.households.length >= most;
    return (
      <>
        {time.moment === null ? null : <p class="hint">{t('list.present')}</p>}
        <Drawn
          households={rows.households}
          total={rows.total}
          list={list}
          selection={this.drawer.selection}
          session={{ t, times: this.viewer.times, gridName: (code) => this.#grids.nameOf(code) }}
          sort={(column) => this.open(sortedBy(list, column))}
          open={(household) => void this.#open(household)}
          more={() => void this.#rows.more()}
        />
        {isCut ? <p class="hint">{t('table.cut', { n: most })}</p> : null}
      </>
    );
  }
}

const gridOf = (grid: string | null | undefined) => (grid ? { grid } : {});

/** The address of exactly that as a file. */
const fileOf = (list: Listing, format: string): string =>
  `api/exports/household-list?${new URLSearchParams({ ...query(list), columns: list.columns.join(), format })}`;
