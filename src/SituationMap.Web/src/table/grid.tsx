import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Household } from '../api/types';
import type { Selection } from '../frame/address';
import { Cell, type CellParts } from './columns';
import { type ColumnName, type Listing, sortable } from './conditions';
import { useModel, useVirtual } from './model';

const head = 30; // pixels, as table.css has it
const farthest = 5_000; // rows, among which what is selected is looked for

interface GridProps {
  households: readonly Household[];
  total: number;
  list: Listing;
  selection: Selection | null;
  session: CellParts;
  sort: (column: ColumnName) => void;
  open: (household: Household) => void;
  /** More are needed than are there. */
  more: () => void;
}

/** The rows: arrows go along them, Enter or a click opens one; what is selected on the map is marked and comes to view. */
export function Grid({ households, total, list, selection, session, sort, open, more }: GridProps) {
  const { t } = session;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const wanted = useRef<number | null>(null);
  const rowHeight = matchMedia('(max-width: 640px)').matches ? 48 : 28;
  const { columns, rows } = useModel(households, list.columns);
  const { items, height, scrollTo } = useVirtual(scroller, rows.length, rowHeight, head);
  const isSelected = (one: Household) =>
    selection !== null &&
    (selection.household === null ? one.building === selection.building : one.household === selection.household);
  const selected = households.findIndex(isSelected);

  useEffect(() => {
    if (selected < 0) return;
    setActive(selected);
    scrollTo(selected);
  }, [selection?.building, selection?.household, selected < 0]);
  const last = items.at(-1)?.index ?? -1;
  // what is selected may come further down
  const isMissing = selection !== null && selected < 0 && rows.length < farthest;
  useEffect(() => {
    if (isMissing || last >= rows.length - 20) more();
  }, [isMissing, last, rows.length]);

  /** A row far away is drawn only when the list has been scrolled there. */
  const focus = () => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  };
  useLayoutEffect(focus);
  const go = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    wanted.current = to;
    setActive(to);
    scrollTo(to);
    focus();
  };
  const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - head) / rowHeight) - 1);
  const steps: Record<string, () => void> = {
    ArrowDown: () => go(active + 1),
    ArrowUp: () => go(active - 1),
    PageDown: () => go(active + page),
    PageUp: () => go(active - page),
    Home: () => go(0),
    End: () => go(rows.length - 1),
    Enter: () => rows[active] && open(rows[active].original),
  };
  const first = items[0];
  const before = first === undefined ? 0 : first.start - head;
  const after = Math.max(0, height - before - items.length * rowHeight);
  return (
    <div class="scroller" ref={scroller}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: one goes along its rows and opens them
        role="grid"
        aria-label={t('table.label')}
        aria-rowcount={total + 1}
        onKeyDown={(event) => {
          const step = event.target instanceof HTMLTableRowElement ? steps[event.key] : undefined;
          if (!step) return;
          event.preventDefault();
          step();
        }}
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column} column={column} list={list} session={session} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={before} columns={columns.length} />
          {items.map(({ index }) => {
            const household = rows[index]!.original;
            return (
              <tr
                key={household.household}
                data-index={index}
                data-household={household.household}
                aria-rowindex={index + 2}
                aria-selected={isSelected(household)}
                tabIndex={index === active ? 0 : -1}
                onFocus={() => setActive(index)}
                onClick={() => open(household)}
              >
                {columns.map((column) => (
                  <td key={column} data-column={column}>
                    <Cell column={column} of={household} session={session} />
                  </td>
                ))}
              </tr>
            );
          })}
          <Gap height={after} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

/** Where rows are that are not drawn. */
const Gap = ({ height, columns }: { height: number; columns: number }) =>
  height === 0 ? null : (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nobody can focus it
    <tr aria-hidden="true" class="gap">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );

interface HeadProps {
  column: ColumnName;
  list: Listing;
  session: CellParts;
  sort: (column: ColumnName) => void;
}

function Head({ column, list, session: { t }, sort }: HeadProps) {
  const label = t(`table.column.${column}`);
  if (!sortable.includes(column))
    return (
      <th scope="col" data-column={column}>
        {label}
      </th>
    );
  const order = list.sort === column ? 'ascending' : list.sort === `-${column}` ? 'descending' : 'none';
  return (
    <th scope="col" data-column={column} aria-sort={order}>
      <button type="button" class="quiet" title={t('situation.sort', { column: label })} onClick={() => sort(column)}>
        {label}
      </button>
    </th>
  );
}
