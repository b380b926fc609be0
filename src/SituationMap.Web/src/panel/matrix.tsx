import { useSignal } from '@preact/signals';
import { type BuildingMatrix, lookOf, type MatrixCell } from '../api/types';
import type { Translator } from '../i18n/messages';
import { Chip } from '../theme/chip';
import { letters } from '../theme/theme';
import { exceptions, layOut, type MatrixLayout, storeysOf, type Tally, tallyOf } from './floors';

/** From so many floors on a building is read by its sums: what of each floor and entrance is not healthy. */
const tall = 7;

interface MatrixProps {
  matrix: BuildingMatrix;
  t: Translator;
  open: (cell: MatrixCell) => void;
}

/** The building matrix (楼栋图): one focusable cell per household; arrow keys move between them. */
export function Matrix({ matrix, t, open }: MatrixProps) {
  const layout = layOut(matrix.cells);
  const { floors, columns, rows } = layout;
  const isTall = floors.length >= tall;
  const onlyExceptions = useSignal(false);
  const storeys = storeysOf(layout, onlyExceptions.value);
  const shown = storeys.filter(({ isFolded }) => !isFolded).map((storey) => rows[storey.rows[0]!]!);
  // by Tab only one, the others by arrow keys
  const reached = useSignal<number | null>(null);
  const cells = shown.flat();
  const last = reached.value;
  const byTab = cells.find((cell) => cell?.id === last) ?? cells.find((cell) => cell);
  const isFirst = (column: number) => columns[column]!.unit !== columns[column - 1]?.unit;
  const units = columns.filter((_, column) => isFirst(column)).map(({ unit }) => unit);
  const inUnit = (unit: number) => columns.flatMap((column, index) => (column.unit === unit ? [index] : []));
  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const from = (event.target as HTMLElement).dataset.household;
    const next = neighbour(shown, (cell) => String(cell.id) === from, event.key);
    if (next === undefined) return;
    event.preventDefault();
    if (next === null) return;
    reached.value = next.id;
    event.currentTarget.querySelector<HTMLElement>(`[data-household="${next.id}"]`)!.focus();
  };
  return (
    <>
      {isTall && (
        <label class="only-exceptions">
          <input
            type="checkbox"
            checked={onlyExceptions.value}
            onChange={(event) => {
              onlyExceptions.value = event.currentTarget.checked;
            }}
          />
          {t('building.exceptions')}
        </label>
      )}
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
                <th key={unit} scope="colgroup" colspan={inUnit(unit).length} class="first">
                  {t('building.unit', { n: unit })}
                  {isTall && <Sums tally={tallyOf(rows.flatMap((row) => inUnit(unit).map((at) => row[at])))} t={t} />}
                </th>
              ))}
              {isTall && (
                <th scope="col">
                  <span class="unseen">{t('building.sums')}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {storeys.map((storey) =>
              storey.isFolded ? (
                <tr key={storey.top} class="folded">
                  <th scope="row">{storey.top === storey.bottom ? storey.top : `${storey.bottom}–${storey.top}`}</th>
                  <td colspan={columns.length + 1}>
                    {t('building.floors.healthy', {
                      households: t.households(tallyOf(storey.rows.flatMap((row) => rows[row]!)).healthy ?? 0),
                    })}
                  </td>
                </tr>
              ) : (
                <tr key={storey.top}>
                  <th scope="row" aria-label={t('building.floor', { n: storey.top })}>
                    {storey.top}
                  </th>
                  {rows[storey.rows[0]!]!.map((cell, column, row) => {
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
                  {isTall && (
                    <td class="sums">
                      <Sums tally={tallyOf(rows[storey.rows[0]!]!)} t={t} />
                    </td>
                  )}
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What of a floor or an entrance is not healthy, worst first; nothing where all are. */
function Sums({ tally, t }: { tally: Tally; t: Translator }) {
  return (
    <span class="sums">
      {exceptions(tally).map((look) => (
        <span key={look} title={`${t(`status.${look}`)} ${t.households(tally[look]!)}`}>
          <Chip status={look} />
          {t.number(tally[look]!)}
        </span>
      ))}
    </span>
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
  const look = lookOf(cell);
  return t(cell.surveyed || look === 'unvisited' ? 'building.cell' : 'building.cell.unsurveyed', {
    label: cell.doors === 1 ? cell.label : t('building.cell.joined', { label: cell.label, n: cell.doors }),
    status: t(`status.${look}`),
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
