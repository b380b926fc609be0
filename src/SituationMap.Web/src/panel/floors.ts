import { type Look, lookOf, looks, type MatrixCell } from '../api/types';

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

/** How many homes have each look; a home of several doors counts once. */
export type Tally = Readonly<Partial<Record<Look, number>>>;

export function tallyOf(cells: Iterable<MatrixCell | undefined>): Tally {
  const tally: Partial<Record<Look, number>> = {};
  for (const cell of new Set(cells)) if (cell) tally[lookOf(cell)] = (tally[lookOf(cell)] ?? 0) + 1;
  return tally;
}

/** What in a tally is not healthy: a home that nobody has visited is not, for nobody knows. */
export const exceptions = (tally: Tally): Look[] => looks.filter((look) => look !== 'healthy' && tally[look]);

/** Floors one above the other: one that is shown, or a run of those on which all homes were found healthy. */
export interface Storeys {
  top: number;
  bottom: number;
  /** Indexes of the rows, from the top down. */
  rows: number[];
  isFolded: boolean;
}

/** @param onlyExceptions whether floors on which all are healthy are folded into one row each run */
export function storeysOf({ floors, rows }: MatrixLayout, onlyExceptions: boolean): Storeys[] {
  const storeys: Storeys[] = [];
  for (const [row, floor] of floors.entries()) {
    const isFolded = onlyExceptions && exceptions(tallyOf(rows[row]!)).length === 0;
    const above = storeys.at(-1);
    if (isFolded && above?.isFolded) {
      above.bottom = floor;
      above.rows.push(row);
    } else storeys.push({ top: floor, bottom: floor, rows: [row], isFolded });
  }
  return storeys;
}
