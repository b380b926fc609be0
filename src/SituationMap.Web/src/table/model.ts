import { columnVisibilityFeature, constructTable, createColumnHelper, tableFeatures } from '@tanstack/table-core';
import { storeReactivityBindings } from '@tanstack/table-core/store-reactivity-bindings';
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Household } from '../api/types';
import { type ColumnName, columnNames } from './conditions';

const features = tableFeatures({ coreReactivityFeature: storeReactivityBindings(), columnVisibilityFeature });
const helper = createColumnHelper<typeof features, Household>();
const columns = helper.columns(columnNames.map((id) => helper.display({ id })));

const construct = (data: readonly Household[]) =>
  constructTable({ features, columns, data: [...data], getRowId: (household) => household.household });

/** The columns that are shown and the rows, in their orders; conditions and order are the server's. */
export function useModel(households: readonly Household[], shown: readonly ColumnName[]) {
  const table = useRef<ReturnType<typeof construct> | null>(null);
  const of = useRef(households);
  table.current ??= construct(households);
  if (of.current !== households) {
    of.current = households;
    table.current.setOptions((options) => ({ ...options, data: [...households] }));
  }
  table.current.setColumnVisibility(Object.fromEntries(columnNames.map((name) => [name, shown.includes(name)])));
  return {
    columns: table.current.getVisibleLeafColumns().map(({ id }) => id as ColumnName),
    rows: table.current.getRowModel().rows,
  };
}

/** The rows that can be seen, and a few around them. */
export function useVirtual(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
  head: number,
): { items: VirtualItem[]; height: number; scrollTo: (index: number) => void } {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const virtual = useRef<Virtualizer<HTMLElement, HTMLElement> | null>(null);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: 6,
    // the head stands over the first of what is scrolled
    paddingStart: head,
    scrollPaddingStart: head,
    onChange: () => redraw(undefined as never),
  };
  virtual.current ??= new Virtualizer(options);
  const one = virtual.current;
  one.setOptions({ ...one.options, ...options });
  useLayoutEffect(() => one._didMount(), [one]);
  useLayoutEffect(() => one._willUpdate());
  return {
    items: one.getVirtualItems(),
    height: one.getTotalSize() - head,
    scrollTo: (index) => one.scrollToIndex(index, { align: 'auto' }),
  };
}
