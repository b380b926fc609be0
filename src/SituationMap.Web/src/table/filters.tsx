import type { ComponentChildren } from 'preact';
import type { SessionParts } from '../frame/parts';
import type { MessageKey } from '../i18n/messages';
import { may } from '../session/session';
import { type ConditionName, type Listing, withCondition } from './conditions';

const ages = ['0-6', '7-17', '18-59', '60-79', '80-'] as const;
const day = 86_400_000;

/** A grid or a zone. */
export interface Named {
  code: string;
  name: string;
}

interface FiltersProps {
  list: Listing;
  grids: readonly Named[];
  zones: readonly Named[];
  session: SessionParts;
  change: (list: Listing) => void;
}

/** Everything a list can be about, each a field; what is left open is no condition. */
export function Filters({ list, grids, zones, session, change }: FiltersProps) {
  const { t, times } = session;
  const set = (name: ConditionName, value: string | null) => change(withCondition(list, name, value));
  const choice = (name: ConditionName, options: readonly (readonly [string, string])[]) => (
    <Field name={name} label={t(`table.filter.${name}`)}>
      <select
        id={`table-${name}`}
        value={list.conditions[name] ?? ''}
        onChange={(event) => set(name, event.currentTarget.value)}
      >
        <option value="">{t('table.filter.any')}</option>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Field>
  );
  const flag = (name: 'surveyed' | 'let' | 'misplaced') =>
    choice(
      name,
      (['true', 'false'] as const).map((value) => [value, t(`table.${name}.${value}` as MessageKey)]),
    );
  // an end is the end of the day that is chosen
  const date = (name: ConditionName, isEnd: boolean) => {
    const value = list.conditions[name];
    const shown = value === undefined ? '' : times.input(new Date(Date.parse(value) - (isEnd ? day : 0)).toISOString());
    return (
      <Field name={name} label={t(`table.filter.${name}`)}>
        <input
          id={`table-${name}`}
          type="date"
          value={shown.slice(0, 10)}
          onChange={(event) => {
            const midnight = times.parse(`${event.currentTarget.value}T00:00`);
            set(name, midnight === null ? null : new Date(midnight + (isEnd ? day : 0)).toISOString());
          }}
        />
      </Field>
    );
  };
  return (
    <div class="filters">
      {choice(
        'grid',
        grids.map(({ code, name }) => [code, `${name} (${code})`]),
      )}
      {choice(
        'zone',
        zones.map(({ code, name }) => [code, name]),
      )}
      {flag('surveyed')}
      {choice(
        'overdue',
        (['true', 'temperature', 'test', 'false'] as const).map((value) => [value, t(`table.overdue.${value}`)]),
      )}
      {date('overdueTo', true)}
      {date('sinceFrom', false)}
      {date('sinceTo', true)}
      {date('untilFrom', false)}
      {date('untilTo', true)}
      {may(session.session, 'seePersons') || may(session.session, 'report')
        ? choice(
            'age',
            ages.map((age) => [age, t('table.age', { years: age.replace(/-$/, '+').replace('-', '–') })]),
          )
        : null}
      {flag('let')}
      {flag('misplaced')}
    </div>
  );
}

const Field = ({ name, label, children }: { name: string; label: string; children: ComponentChildren }) => (
  <div class="field">
    <label for={`table-${name}`}>{label}</label>
    {children}
  </div>
);
