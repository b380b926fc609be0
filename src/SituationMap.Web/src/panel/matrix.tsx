import { useSignal } from '@preact/signals';
import { type BuildingMatrix, lookOf, type MatrixCell } from '../api/types';
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
  const doorAt = (floor: number, unit: number, room: number) => `${floor}/${unit}/${room}`;
  const byDoor = new Map(
    cells.flatMap((cell) => doorsOf(cell).map((room) => [doorAt(cell.floor, cell.unit, room), cell] as const)),
  );
  // who begins at a door has it, whatever was joined beside it
  for (const cell of cells) byDoor.set(doorAt(cell.floor, cell.unit, cell.room), cell);
  return {
    floors,
    columns,
    rows: floors.map((floor) => columns.map(({ unit, room }) => byDoor.get(doorAt(floor, unit, room)))),
  };
}

interface MatrixProps {
  matrix: BuildingMatrix;
  t: Translator;
  open: (cell: MatrixCell) => void;
}

/** The building matrix (楼栋图): one focusable cell per household; arrow keys move between them. */
export function Matrix({ matrix, t, open }: MatrixProps) {
  const { floors, columns, rows } = layOut(matrix.cells);
  // by Tab only one, the others by arrow keys
  const reached = useSignal<number | null>(null);
  const cells = rows.flat();
  const last = reached.value;
  const byTab = cells.find((cell) => cell?.id === last) ?? cells.find((cell) => cell);
  const isFirst = (column: number) => columns[column]!.unit !== columns[column - 1]?.unit;
  const units = columns.filter((_, column) => isFirst(column)).map(({ unit }) => unit);
  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const from = (event.target as HTMLElement).dataset.household;
    const next = neighbour(rows, (cell) => String(cell.id) === from, event.key);
    if (next === undefined) return;
    event.preventDefault();
    if (next === null) return;
    reached.value = next.id;
    event.currentTarget.querySelector<HTMLElement>(`[data-household="${next.id}"]`)!.focus();
  };
  return (
    <div class="matrix-frame">
      <table
        class={columns.length > 7 ? 'matrix compact' : 'matrix'}
        aria-label={t('building.matrix')}
        onKeyDown={move}
      >
        <thead>
          <tr>
            <td />
            {units.map((unit) => (
              <th
                key={unit}
                scope="colgroup"
                colspan={columns.filter((column) => column.unit === unit).length}
                class="first"
              >
                {t('building.unit', { n: unit })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={floors[index]}>
              <th scope="row" aria-label={t('building.floor', { n: floors[index]! })}>
                {floors[index]}
              </th>
              {row.map((cell, column) => {
                const side = isFirst(column) ? 'first' : '';
                if (!cell) return <td key={column} class={`missing ${side}`} />;
                if (cell === row[column - 1]) return null;
                const wide = row.filter((other) => other === cell).length;
                return (
                  <td key={column} class={side} colspan={wide === 1 ? undefined : wide}>
                    {button(cell, cell === byTab, t, open)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A cell's button; no component of its own, since a tower has hundreds. */
function button(cell: MatrixCell, byTab: boolean, t: Translator, open: MatrixProps['open']) {
  const label = cellLabel(cell, t);
  const look = lookOf(cell);
  return (
    <button
      type="button"
      class={`cell ${look}${cell.surveyed ? '' : ' unsurveyed'}`}
      tabIndex={byTab ? 0 : -1}
      data-key={cell.household}
      data-household={cell.id}
      aria-label={label}
      title={label}
      onClick={() => open(cell)}
    >
      {look === 'unvisited' ? '' : letters[look]}
    </button>
  );
}

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

/**
 * The cell that an arrow key leads to, over rooms that are missing and over all doors of one home; null: there is none
 * that way; undefined: no arrow, or not from a cell.
 */
function neighbour(
  rows: MatrixLayout['rows'],
  isFrom: (cell: MatrixCell) => boolean,
  key: string,
): MatrixCell | null | undefined {
  const step = steps[key];
  let row = rows.findIndex((cells) => cells.some((cell) => cell && isFrom(cell)));
  if (!step || row < 0) return undefined;
  let column = rows[row]!.findIndex((cell) => cell && isFrom(cell));
  const from = rows[row]![column];
  for (let next = from; next === undefined || next === from; next = rows[row]![column]) {
    row += step[0];
    column += step[1];
    if (!rows[row] || column < 0 || column >= rows[row]!.length) return null;
  }
  return rows[row]![column]!;
}
