import { type Look, type Status, statuses } from '../api/types';

/** What a list of households may be about, each by the name that the API has for it. */
export const conditionNames = [
  'grid',
  'zone',
  'status',
  'surveyed',
  'overdue',
  'overdueTo',
  'sinceFrom',
  'sinceTo',
  'untilFrom',
  'untilTo',
  'age',
  'let',
  'misplaced',
] as const;
export type ConditionName = (typeof conditionNames)[number];
export type Conditions = Partial<Record<ConditionName, string>>;

export const columnNames = [
  'household',
  'address',
  'status',
  'since',
  'until',
  'overdue',
  'persons',
  'surveyed',
  'let',
  'grid',
] as const;
export type ColumnName = (typeof columnNames)[number];
export const usualColumns: readonly ColumnName[] = [
  'address',
  'status',
  'since',
  'until',
  'overdue',
  'persons',
  'grid',
];
/** Those that the API sorts by. */
export const sortable: readonly ColumnName[] = ['household', 'address', 'status', 'since', 'until', 'overdue', 'grid'];

/** A list: which households, in which order, and what is told of each. */
export interface Listing {
  conditions: Conditions;
  /** A column that can be sorted by, with `-` before it in the other direction. */
  sort: string;
  columns: readonly ColumnName[];
}

export const listing = (conditions: Conditions, sort = 'address'): Listing => ({
  conditions,
  sort,
  columns: usualColumns,
});

/** Those that look so: of the healthy ones only those whom somebody has met. */
export const lookingSo = (look: Look): Conditions =>
  look === 'unvisited'
    ? { status: 'healthy', surveyed: 'false' }
    : look === 'healthy'
      ? { status: 'healthy', surveyed: 'true' }
      : { status: look };

/** As the address has it, such as `grid:210682-004;status:quarantined;sort:-since`. */
export function written({ conditions, sort, columns }: Listing): string {
  const parts = conditionNames.flatMap((name) => {
    const value = conditions[name];
    return value === undefined ? [] : [`${name}:${value}`];
  });
  parts.push(`sort:${sort}`);
  if (columns.join() !== usualColumns.join()) parts.push(`columns:${columns.join()}`);
  return parts.join(';');
}

/** What `written` gave, without what nobody knows; null where there is no list. */
export function read(text: string | null): Listing | null {
  if (text === null) return null;
  const parts = new Map(
    text.split(';').map((part): [string, string] => {
      const at = part.indexOf(':');
      return [part.slice(0, Math.max(0, at)), part.slice(at + 1)];
    }),
  );
  const conditions: Conditions = {};
  for (const name of conditionNames) {
    const value = parts.get(name);
    if (value) conditions[name] = value;
  }
  const sort = parts.get('sort') ?? '';
  const chosen = parts.get('columns')?.split(',');
  return {
    conditions,
    sort: sortable.some((column) => sort === column || sort === `-${column}`) ? sort : 'address',
    columns: chosen ? columnNames.filter((name) => chosen.includes(name)) : usualColumns,
  };
}

/** The list sorted by a column, in the other direction where it is already. */
export const sortedBy = (list: Listing, column: ColumnName): Listing => ({
  ...list,
  sort: list.sort === column ? `-${column}` : column,
});

/** The list with a condition, or without it. */
export function withCondition(list: Listing, name: ConditionName, value: string | null): Listing {
  const { [name]: _, ...others } = list.conditions;
  return { ...list, conditions: value === null || value === '' ? others : { ...others, [name]: value } };
}

/** The list with one status more or less; with none chosen all are meant. */
export function toggled(list: Listing, status: Status): Listing {
  const chosen = list.conditions.status?.split(',') ?? [];
  const next = statuses.filter((one) => chosen.includes(one) !== (one === status));
  return withCondition(list, 'status', next.join());
}
