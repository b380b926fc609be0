import type { BuildingMatrix, MatrixCell } from '../api/types';
import { h } from '../dom';
import type { Translator } from '../i18n/messages';
import { letters } from '../theme/theme';

/** Where the cells of a building stand: a row per floor, the top one first; a column per door, entrance by entrance. */
export interface MatrixLayout {
  floors: number[];
  columns: { unit: number; room: number }[];
  /** For each floor the cell in each column, the same one in all that its doors fill; undefined where nobody lives. */
  rows: (MatrixCell | undefined)[][];
}

export function layOut(cells: MatrixCell[]): MatrixLayout {
  const sorted = (numbers: number[]) => [...new Set(numbers)].sort((a, b) => a - b);
  const doorsOf = ({ room, doors }: MatrixCell) => Array.from({ length: doors }, (_, i) => room + i);
  const floors = sorted(cells.map(({ floor }) => floor)).reverse();
  const columns = sorted(cells.map(({ unit }) => unit)).flatMap((unit) =>
    sorted(cells.filter((cell) => cell.unit === unit).flatMap(doorsOf)).map((room) => ({ unit, room })),
  );
  const place = (floor: number, unit: number, room: number) => `${floor}/${unit}/${room}`;
  const byPlace = new Map(
    cells.flatMap((cell) => doorsOf(cell).map((room) => [place(cell.floor, cell.unit, room), cell] as const)),
  );
  // who begins at a door has it, whatever was joined beside it
  for (const cell of cells) byPlace.set(place(cell.floor, cell.unit, cell.room), cell);
  return {
    floors,
    columns,
    rows: floors.map((floor) => columns.map(({ unit, room }) => byPlace.get(place(floor, unit, room)))),
  };
}

/** The building matrix (楼栋图): one focusable cell per household; arrow keys move between them. */
export function matrixTable(matrix: BuildingMatrix, t: Translator, open: (cell: MatrixCell) => void): HTMLElement {
  const { floors, columns, rows } = layOut(matrix.cells);
  const isFirst = (column: number) => columns[column]!.unit !== columns[column - 1]?.unit;
  const buttons = new Map(
    matrix.cells.map((cell) => [
      cell,
      h(
        'button',
        {
          type: 'button',
          class: cellClass(cell),
          tabindex: -1,
          'data-key': cell.household,
          'data-household': cell.id,
          'aria-label': cellLabel(cell, t),
          title: cellLabel(cell, t),
          onclick: () => open(cell),
        },
        letters[cell.status],
      ),
    ]),
  );
  const places = rows.map((row) => row.map((cell) => cell && buttons.get(cell)));
  places
    .flat()
    .find((button) => button)
    ?.setAttribute('tabindex', '0'); // by Tab only the first, the others by arrow keys
  const body = rows.map((row, index) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', 'aria-label': t('building.floor', { n: floors[index]! }) }, floors[index]),
      ...row.map((cell, column) => {
        const side = isFirst(column) ? 'first' : '';
        if (!cell) return h('td', { class: `missing ${side}` });
        if (cell === row[column - 1]) return null;
        const wide = row.filter((other) => other === cell).length;
        return h('td', { class: side, colspan: wide === 1 ? null : wide }, buttons.get(cell));
      }),
    ),
  );
  const units = columns.filter((_, column) => isFirst(column)).map(({ unit }) => unit);
  const table = h(
    'table',
    { class: columns.length > 7 ? 'matrix compact' : 'matrix', 'aria-label': t('building.matrix') },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td', {}),
        ...units.map((unit) =>
          h(
            'th',
            { scope: 'colgroup', colspan: columns.filter((column) => column.unit === unit).length, class: 'first' },
            t('building.unit', { n: unit }),
          ),
        ),
      ),
    ),
    h('tbody', {}, ...body),
  );
  table.addEventListener('keydown', (event) => move(places, event));
  return h('div', { class: 'matrix-frame' }, table);
}

/** Colours a cell anew from the feed, before the matrix is fetched again. */
export function updateCell(
  container: HTMLElement,
  household: number,
  status: MatrixCell['status'],
  surveyed: boolean,
): void {
  const button = container.querySelector(`[data-household="${household}"]`);
  if (!button) return;
  button.className = cellClass({ status, surveyed });
  button.textContent = letters[status];
}

const cellClass = ({ status, surveyed }: Pick<MatrixCell, 'status' | 'surveyed'>): string =>
  `cell ${status}${surveyed ? '' : ' unsurveyed'}`;

function cellLabel(cell: MatrixCell, t: Translator): string {
  return t(cell.surveyed ? 'building.cell' : 'building.cell.unsurveyed', {
    label: cell.doors === 1 ? cell.label : t('building.cell.joined', { label: cell.label, n: cell.doors }),
    status: t(`status.${cell.status}`),
    persons: t.persons(cell.persons),
  });
}

const steps: Record<string, [rows: number, columns: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function move(places: (HTMLElement | undefined)[][], event: KeyboardEvent): void {
  const step = steps[event.key];
  const from = event.target as HTMLElement;
  let row = places.findIndex((buttons) => buttons.includes(from));
  if (!step || row < 0) return;
  event.preventDefault();
  let column = places[row]!.indexOf(from);
  // over rooms that are missing, and over all doors of one home, to the next there is
  for (let next: HTMLElement | undefined = from; next === undefined || next === from; next = places[row]![column]) {
    row += step[0];
    column += step[1];
    if (!places[row] || column < 0 || column >= places[row]!.length) return;
  }
  from.setAttribute('tabindex', '-1');
  places[row]![column]!.setAttribute('tabindex', '0');
  places[row]![column]!.focus();
}
