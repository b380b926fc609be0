import type { BuildingMatrix, MatrixCell } from '../api/types';
import { h } from '../dom';
import type { Translator } from '../i18n/messages';
import { letters } from '../theme/theme';

/** Where the cells of a building stand: a row per floor, the top one first; a column per door, entrance by entrance. */
export interface MatrixLayout {
  floors: number[];
  units: { unit: number; rooms: number[] }[];
  at: (floor: number, unit: number, room: number) => MatrixCell | undefined;
}

export function layOut(cells: MatrixCell[]): MatrixLayout {
  const byPlace = new Map(cells.map((cell) => [`${cell.floor}/${cell.unit}/${cell.room}`, cell]));
  const sorted = (numbers: number[]) => [...new Set(numbers)].sort((a, b) => a - b);
  return {
    floors: sorted(cells.map((cell) => cell.floor)).reverse(),
    units: sorted(cells.map((cell) => cell.unit)).map((unit) => ({ unit, rooms: sorted(cells.filter((cell) => cell.unit === unit).map((cell) => cell.room)) })),
    at: (floor, unit, room) => byPlace.get(`${floor}/${unit}/${room}`),
  };
}

/** The building matrix (楼栋图): one focusable cell per household; arrow keys move between them. */
export function matrixTable(matrix: BuildingMatrix, t: Translator, open: (cell: MatrixCell) => void): HTMLElement {
  const layout = layOut(matrix.cells);
  const columns = layout.units.flatMap(({ unit, rooms }) => rooms.map((room) => ({ unit, room, first: room === rooms[0] })));
  let reachable = true; // by Tab: only the first, the others by arrow keys
  const body = layout.floors.map((floor) => h('tr', {},
    h('th', { scope: 'row', 'aria-label': t('building.floor', { n: floor }) }, floor),
    ...columns.map(({ unit, room, first }) => {
      const cell = layout.at(floor, unit, room);
      const side = first ? 'first' : '';
      if (!cell) return h('td', { class: `missing ${side}` });
      const button = h('button', {
        type: 'button', class: cellClass(cell), tabindex: reachable ? 0 : -1, 'data-key': cell.household, 'data-household': cell.id,
        'aria-label': cellLabel(cell, t), title: cellLabel(cell, t), onclick: () => open(cell),
      }, letters[cell.status]);
      reachable = false;
      return h('td', { class: side }, button);
    }),
  ));
  const table = h('table', { class: columns.length > 7 ? 'matrix compact' : 'matrix', 'aria-label': t('building.matrix') },
    h('thead', {}, h('tr', {}, h('td', {}), ...layout.units.map(({ unit, rooms }) =>
      h('th', { scope: 'colgroup', colspan: rooms.length, class: 'first' }, t('building.unit', { n: unit }))))),
    h('tbody', {}, ...body),
  );
  table.addEventListener('keydown', (event) => move(table, event));
  return h('div', { class: 'matrix-frame' }, table);
}

/** Colours a cell anew from the feed, before the matrix is fetched again. */
export function updateCell(container: HTMLElement, household: number, status: MatrixCell['status'], surveyed: boolean): void {
  const button = container.querySelector(`[data-household="${household}"]`);
  if (!button) return;
  button.className = cellClass({ status, surveyed });
  button.textContent = letters[status];
}

const cellClass = ({ status, surveyed }: Pick<MatrixCell, 'status' | 'surveyed'>): string => `cell ${status}${surveyed ? '' : ' unsurveyed'}`;

function cellLabel(cell: MatrixCell, t: Translator): string {
  return t(cell.surveyed ? 'building.cell' : 'building.cell.unsurveyed',
    { label: cell.label, status: t(`status.${cell.status}`), persons: t.persons(cell.persons) });
}

const steps: Record<string, [rows: number, columns: number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

function move(table: HTMLTableElement, event: KeyboardEvent): void {
  const step = steps[event.key];
  const cell = (event.target as HTMLElement).closest('td');
  if (!step || !cell) return;
  event.preventDefault();
  let row = (cell.parentElement as HTMLTableRowElement).sectionRowIndex;
  let column = cell.cellIndex;
  const rows = table.tBodies[0]!.rows;
  // over rooms that are missing to the next there is
  for (;;) {
    row += step[0];
    column += step[1];
    const next = rows[row]?.cells[column];
    if (!next) return;
    const button = next.querySelector('button');
    if (!button) continue;
    table.querySelector('button[tabindex="0"]')?.setAttribute('tabindex', '-1');
    button.setAttribute('tabindex', '0');
    button.focus();
    return;
  }
}
