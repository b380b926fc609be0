import { useSignal } from '@preact/signals';
import { type GridCounts, type GridSummary, type Look, looking, looks } from '../api/types';
import type { Translator } from '../i18n/messages';
import { type Conditions, lookingSo } from '../table/conditions';
import { Chip } from '../theme/chip';

const columns = ['name', ...looks, 'overdue'] as const;
type Column = (typeof columns)[number];

interface ChildrenProps {
  summary: GridSummary;
  t: Translator;
  open: (grid: string) => void;
  /** Shows the households behind a number. */
  list: (grid: string, conditions: Conditions) => void;
}

/** The grids below one, a row each and their sum; the heads sort, a row opens its grid. */
export function Children({ summary, t, open, list }: ChildrenProps) {
  const sorted = useSignal<{ by: Column; down: boolean }>({ by: 'name', down: false });
  if (summary.children.length === 0) return <section class="children" />;
  const { by, down } = sorted.value;
  const rows = [...summary.children].sort((a, b) => compare(a, b, by, t.language) * (down ? -1 : 1));
  const sort = (column: Column) => {
    sorted.value = { by: column, down: by === column ? !down : column !== 'name' };
  };
  return (
    <section class="children">
      <h3>{t('situation.children')}</h3>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" aria-sort={by !== column ? 'none' : down ? 'descending' : 'ascending'}>
                <Head column={column} t={t} sort={() => sort(column)} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((grid) => (
            <tr key={grid.code} data-grid={grid.code}>
              <th scope="row">
                <button type="button" class="link" data-key={grid.code} onClick={() => open(grid.code)}>
                  {grid.name}
                </button>
              </th>
              <Cells grid={grid} t={t} list={list} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('situation.sum')}</th>
            <Cells grid={summary} t={t} list={list} />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function compare(a: GridCounts, b: GridCounts, by: Column, language: string): number {
  // by code: numerals in Chinese names (一, 二, 三) do not sort as numbers
  return by === 'name' ? a.code.localeCompare(b.code, language, { numeric: true }) : count(a, by) - count(b, by);
}

function count(grid: GridCounts, column: Exclude<Column, 'name'>): number {
  return column === 'overdue' ? (grid.overdue ?? 0) : looking(grid, column);
}

function Head({ column, t, sort }: { column: Column; t: Translator; sort: () => void }) {
  const label =
    column === 'name'
      ? t('situation.grid')
      : column === 'overdue'
        ? t('situation.overdue.short')
        : t(`status.${column}`);
  const words = t('situation.sort', { column: label });
  const look = looks.find((one) => one === column) as Look | undefined;
  return (
    <button type="button" class="quiet" data-key={`sort-${column}`} title={words} aria-label={words} onClick={sort}>
      {look ? <Chip status={look} /> : label}
    </button>
  );
}

function Cells({ grid, t, list }: { grid: GridCounts } & Pick<ChildrenProps, 't' | 'list'>) {
  return (
    <>
      {columns.map((column) => {
        if (column === 'name') return null;
        const n = count(grid, column);
        return (
          <td key={column} class={n === 0 ? 'none' : ''}>
            {n === 0 ? (
              t.number(n)
            ) : (
              <button
                type="button"
                class="link"
                title={t('card.show', {
                  status: column === 'overdue' ? t('situation.overdue') : t(`status.${column}`),
                })}
                onClick={() => list(grid.code, column === 'overdue' ? { overdue: 'true' } : lookingSo(column))}
              >
                {t.number(n)}
              </button>
            )}
          </td>
        );
      })}
    </>
  );
}
