import type { ComponentChild } from 'preact';
import { type Household, lookOf } from '../api/types';
import type { SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import { Chip } from '../theme/chip';
import type { ColumnName } from './conditions';

/** What a cell says: its text, and what stands before it. */
export function Cell({
  column,
  of,
  session,
}: {
  column: ColumnName;
  of: Household;
  session: CellParts;
}): ComponentChild {
  const { t, times, gridName } = session;
  switch (column) {
    case 'household':
      return <code>{of.household}</code>;
    case 'address':
      return `${of.address} ${of.label}`;
    case 'status':
      return (
        <>
          <Chip status={lookOf(of)} /> {t(`status.${lookOf(of)}`)}
        </>
      );
    case 'since':
      return of.since === null ? '' : `${times.day(of.since)} · ${daysSince(of.since, t)}`;
    case 'until':
      return of.until === null ? '' : times.until(of.until);
    case 'overdue':
      return (of.overdue ?? [])
        .map(({ what, since }) =>
          t('table.owed', { what: t.or(`table.owed.${what}`, what), since: times.moment(since) }),
        )
        .join(t('list.separator'));
    case 'persons':
      return t.number(of.persons);
    case 'surveyed':
      return t(of.surveyed ? 'table.surveyed.true' : 'table.surveyed.false');
    case 'let':
      return of.let ? t('table.let.true') : '';
    case 'grid':
      return gridName(of.grid);
  }
}

export type CellParts = Pick<SessionParts, 't' | 'times'> & { gridName: (code: string) => string };

function daysSince(since: string, t: Translator): string {
  const days = Math.floor((Date.now() - Date.parse(since)) / 86_400_000);
  return t(days === 1 ? 'unit.days.one' : 'unit.days', { n: days });
}
