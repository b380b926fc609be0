import { type GridCounts, type GridSummary, statuses } from '../api/types';
import { h, replaceContent } from '../dom';
import type { Viewer } from '../frame/viewer';
import { chip } from '../legend/card';

const columns = ['name', ...statuses, 'unsurveyed', 'overdue'] as const;
type Column = (typeof columns)[number];

/** The grids below one, a row each and their sum; the heads sort, a row opens its grid. */
export function childrenTable(
  { t }: Viewer,
  open: (grid: string) => void,
): { element: HTMLElement; show: (summary: GridSummary) => void } {
  const element = h('section', { class: 'children' });
  let sorted: { by: Column; down: boolean } = { by: 'name', down: false };
  let shown: GridSummary | null = null;
  // by code: numerals in Chinese names (一, 二, 三) do not sort as numbers
  const value = (grid: GridCounts, column: Column): number | string =>
    column === 'name'
      ? grid.code
      : column === 'unsurveyed'
        ? grid.households - grid.surveyed
        : column === 'overdue'
          ? (grid.overdue ?? 0)
          : grid[column];

  function draw(): void {
    if (!shown || shown.children.length === 0) return replaceContent(element);
    const rows = [...shown.children].sort((a, b) => {
      const [one, other] = [value(a, sorted.by), value(b, sorted.by)];
      const order =
        typeof one === 'string' ? one.localeCompare(String(other), t.language, { numeric: true }) : one - Number(other);
      return sorted.down ? -order : order;
    });
    const label = (column: Column) =>
      column === 'name'
        ? t('situation.grid')
        : column === 'unsurveyed'
          ? t('card.unsurveyed')
          : column === 'overdue'
            ? t('situation.overdue.short')
            : t(`status.${column}`);
    const head = (column: Column) =>
      h(
        'th',
        { scope: 'col', 'aria-sort': sorted.by !== column ? 'none' : sorted.down ? 'descending' : 'ascending' },
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'data-key': `sort-${column}`,
            title: t('situation.sort', { column: label(column) }),
            'aria-label': t('situation.sort', { column: label(column) }),
            onclick: () => sort(column),
          },
          statuses.some((status) => status === column)
            ? chip(column as (typeof statuses)[number])
            : column === 'name'
              ? label(column)
              : column === 'unsurveyed'
                ? h('span', { class: 'chip unsurveyed' })
                : label(column),
        ),
      );
    const cells = (grid: GridCounts) =>
      columns
        .slice(1)
        .map((column) =>
          h('td', { class: Number(value(grid, column)) === 0 ? 'none' : '' }, t.number(Number(value(grid, column)))),
        );
    replaceContent(
      element,
      h('h3', {}, t('situation.children')),
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, ...columns.map(head))),
        h(
          'tbody',
          {},
          ...rows.map((grid) =>
            h(
              'tr',
              { 'data-grid': grid.code },
              h(
                'th',
                { scope: 'row' },
                h(
                  'button',
                  { type: 'button', class: 'link', 'data-key': grid.code, onclick: () => open(grid.code) },
                  grid.name,
                ),
              ),
              ...cells(grid),
            ),
          ),
        ),
        h('tfoot', {}, h('tr', {}, h('th', { scope: 'row' }, t('situation.sum')), ...cells(shown))),
      ),
    );
  }

  function sort(column: Column): void {
    sorted = { by: column, down: sorted.by === column ? !sorted.down : column !== 'name' };
    draw();
  }

  return {
    element,
    show: (summary) => {
      shown = summary;
      draw();
    },
  };
}
