import { type Signal, signal, useSignal } from '@preact/signals';
import { type ComponentChild, createRef } from 'preact';
import { api } from '../api/client';
import { type Household, type HouseholdsPage, lookOf } from '../api/types';
import type { MapParts, SessionParts } from '../frame/parts';
import type { Drawer } from '../panel/drawer';
import { type Conditions, type Listing, listing } from '../table/conditions';
import { query } from '../table/rows';
import { Chip } from '../theme/chip';
import { throttle } from '../ui/throttle';

export const lists = ['longest', 'observed', 'unsurveyed', 'overdue', 'misplaced'] as const;
export type ListName = (typeof lists)[number];

export const queries: Record<ListName, Conditions> = {
  longest: { status: 'quarantined' },
  observed: { status: 'observed' },
  unsurveyed: { surveyed: 'false' },
  overdue: { overdue: 'true' },
  misplaced: { misplaced: 'true' },
};
const sorts: Partial<Record<ListName, string>> = { longest: 'since', observed: 'since' };
const pageSize = '8';

const asked = (grid: string, name: ListName): Listing => listing({ grid, ...queries[name] }, sorts[name]);

type Pages = readonly HouseholdsPage[] | 'loading' | 'failed';

export interface HouseholdList {
  content: ComponentChild;
  show: (grid: string, list: ListName, focus?: boolean) => void;
}

/**
 * The households of a grid that need attention, one list at a time; a row opens the household.
 * @param isSeen whether anybody sees it, so that it is worth fetching anew
 */
export function householdList(
  viewer: MapParts & SessionParts,
  drawer: Drawer,
  isSeen: () => boolean,
  chosen: (list: ListName) => void,
  asTable: (list: Listing) => void,
): HouseholdList {
  const { t, time, feed, map, padding } = viewer;
  const list = signal<ListName>('longest');
  const pages = signal<Pages>('loading');
  const rows = createRef<HTMLOListElement>();
  let grid: string | null = null;
  let latest = 0;
  time.changed.on(() => grid !== null && show(grid, list.peek()));
  const refresh = throttle(1_500, async () => {
    if (!document.hidden && isSeen() && pages.peek().length <= 1) await load(false);
  });
  for (const happens of [feed.advanced, feed.again]) happens.on(refresh);

  const View = () => (
    <section class="household-list">
      <h3>
        <select
          aria-label={t('list.choose')}
          value={list.value}
          onChange={(event) => {
            if (grid !== null) show(grid, event.currentTarget.value as ListName);
          }}
        >
          {lists.map((name) => (
            <option key={name} value={name}>
              {t(`list.${name}`)}
            </option>
          ))}
        </select>
      </h3>
      <ol class="rows" ref={rows}>
        <Rows pages={pages.value} list={list.peek()} viewer={viewer} open={(household) => void open(household)} />
      </ol>
      <div>
        {typeof pages.value !== 'string' && time.moment !== null ? <p class="second">{t('list.present')}</p> : null}
        <More pages={pages} label={t('list.more')} />
        <button type="button" class="quiet" onClick={() => grid !== null && asTable(asked(grid, list.peek()))}>
          {t('table.open')}
        </button>
      </div>
    </section>
  );
  return { content: <View />, show };

  function show(of: string, name: ListName, focus = false): void {
    const isOther = grid !== of || list.peek() !== name;
    grid = of;
    list.value = name;
    chosen(name);
    if (isOther) pages.value = 'loading';
    void load(focus);
  }

  async function load(focus: boolean): Promise<void> {
    if (grid === null) return;
    latest += 1;
    const mine = latest;
    try {
      const page = await api.households({
        ...query(asked(grid, list.peek())),
        limit: pageSize,
      });
      if (mine !== latest) return;
      pages.value = [page];
      if (focus) rows.current?.querySelector('button')?.focus();
    } catch {
      if (mine === latest) pages.value = 'failed';
    }
  }

  async function open({ building, household }: Household): Promise<void> {
    await drawer.open({ building, household });
    const { bounds } = drawer;
    if (drawer.selection?.household === household && bounds && !map.getBounds().contains([bounds[0], bounds[1]]))
      map.fitBounds(bounds, { padding: padding(), maxZoom: 18 });
  }
}

interface RowsProps {
  pages: Pages;
  list: ListName;
  viewer: SessionParts;
  open: (household: Household) => void;
}

function Rows({ pages, list, viewer, open }: RowsProps) {
  const { t } = viewer;
  if (typeof pages === 'string')
    return <li class="second">{t(pages === 'loading' ? 'panel.loading' : 'list.failed')}</li>;
  const households = pages.flatMap((page) => page.households);
  if (households.length === 0) return <li class="second">{t(`list.${list}.none`)}</li>;
  return (
    <>
      {households.map((household) => (
        <li key={household.household}>
          <button type="button" data-household={household.household} onClick={() => open(household)}>
            <Chip status={lookOf(household)} />
            <span class="where">{`${household.address} ${household.label}`}</span>
            <span class="second">{sinceWords(household, viewer)}</span>
          </button>
        </li>
      ))}
    </>
  );
}

/** Since when it has its status, and for how many days. */
export function sinceWords({ since, surveyed }: Household, { t, times }: SessionParts): string {
  if (since === null) return surveyed ? '' : t('card.unsurveyed');
  const days = Math.floor((Date.now() - Date.parse(since)) / 86_400_000);
  return t('list.since', { since: times.day(since), days: t(days === 1 ? 'unit.days.one' : 'unit.days', { n: days }) });
}

/** The next page, where there is one. */
function More({ pages, label }: { pages: Signal<Pages>; label: string }) {
  const asking = useSignal(false);
  const known = pages.value;
  const next = typeof known === 'string' ? null : known.at(-1)!.next;
  if (typeof known === 'string' || next === null) return null;
  const more = async () => {
    asking.value = true;
    try {
      const page = await api.more<HouseholdsPage>(next);
      if (pages.peek() === known) pages.value = [...known, page];
    } catch {
      // stays to be pressed again
    } finally {
      asking.value = false;
    }
  };
  return (
    <button type="button" class="quiet" disabled={asking.value} onClick={() => void more()}>
      {label}
    </button>
  );
}
