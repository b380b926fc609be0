import { api } from '../api/client';
import type { Household, HouseholdsPage } from '../api/types';
import { h } from '../dom';
import type { Viewer } from '../frame/viewer';
import type { MessageKey } from '../i18n/messages';
import { chip } from '../legend/card';
import { throttle } from '../live/throttle';
import type { Drawer } from '../panel/drawer';

export const lists = ['longest', 'observed', 'unsurveyed', 'overdue', 'misplaced'] as const;
export type ListName = (typeof lists)[number];

const queries: Record<ListName, Record<string, string>> = {
  longest: { status: 'quarantined', sort: 'since' },
  observed: { status: 'observed', sort: 'since' },
  unsurveyed: { surveyed: 'false' },
  overdue: { overdue: 'true' },
  misplaced: { misplaced: 'true' },
};
const pageSize = '8';

/** The households of a grid that need attention, one list at a time; a row opens the household. */
export function householdList(
  { t, times, time, feed, map, padding }: Viewer,
  drawer: Drawer,
  chosen: (list: ListName) => void,
): { element: HTMLElement; show: (grid: string, list: ListName, focus?: boolean) => void } {
  const rows = h('ol', { class: 'rows' });
  const foot = h('div', {});
  const select = h(
    'select',
    { 'aria-label': t('list.choose') },
    ...lists.map((name) => h('option', { value: name }, t(`list.${name}`))),
  );
  const element = h('section', { class: 'household-list' }, h('h3', {}, select), rows, foot);
  let shown: { grid: string; list: ListName } | null = null;
  let asked = 0;
  select.addEventListener('change', () => shown && show(shown.grid, select.value as ListName));
  time.changed.on(() => shown && show(shown.grid, shown.list));
  const refresh = throttle(1_500, async () => {
    if (!document.hidden && !element.closest('[hidden]') && rows.childElementCount <= Number(pageSize))
      await load(false);
  });
  for (const signal of [feed.advanced, feed.again]) signal.on(refresh);

  function show(grid: string, list: ListName, focus = false): void {
    const other = shown?.grid !== grid || shown.list !== list;
    shown = { grid, list };
    select.value = list;
    chosen(list);
    if (other) rows.replaceChildren(h('li', { class: 'second' }, t('panel.loading')));
    void load(focus);
  }

  async function load(focus: boolean): Promise<void> {
    if (!shown) return;
    const mine = ++asked;
    try {
      const page = await api.households({ grid: shown.grid, ...queries[shown.list], limit: pageSize });
      if (mine !== asked) return;
      rows.replaceChildren();
      add(page);
      if (page.households.length === 0) rows.append(h('li', { class: 'second' }, t(`list.${shown.list}.none`)));
      if (focus) rows.querySelector('button')?.focus();
    } catch {
      if (mine === asked) rows.replaceChildren(h('li', { class: 'second' }, t('list.failed')));
    }
  }

  function add({ households, next }: HouseholdsPage): void {
    rows.append(
      ...households.map((household) =>
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              'data-household': household.household,
              onclick: () => void open(household),
            },
            chip(household.status),
            h('span', { class: 'where' }, `${household.address} ${household.label}`),
            h('span', { class: 'second' }, detail(household)),
          ),
        ),
      ),
    );
    foot.replaceChildren(...(time.moment === null ? [] : [h('p', { class: 'second' }, t('list.present'))]));
    if (next === null) return;
    const more = h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        onclick: async () => {
          more.disabled = true;
          try {
            add(await api.more<HouseholdsPage>(next));
          } catch {
            more.disabled = false;
          }
        },
      },
      t('list.more'),
    );
    foot.append(more);
  }

  async function open({ building, household }: Household): Promise<void> {
    await drawer.open({ building, household });
    const bounds = drawer.bounds;
    if (drawer.selection?.household === household && bounds && !map.getBounds().contains([bounds[0], bounds[1]]))
      map.fitBounds(bounds, { padding: padding(), maxZoom: 18 });
  }

  function detail(household: Household): string {
    if (household.since === null) return household.surveyed ? '' : t('card.unsurveyed');
    const days = Math.floor((Date.now() - Date.parse(household.since)) / 86_400_000);
    return t('list.since' satisfies MessageKey, {
      since: times.day(household.since),
      days: t(days === 1 ? 'unit.days.one' : 'unit.days', { n: days }),
    });
  }

  return { element, show };
}
