import { type GridSummary, looking, looks } from '../api/types';
import type { Translator } from '../i18n/messages';
import { signed } from '../legend/card';
import { type Conditions, lookingSo } from '../table/conditions';
import { Chip } from '../theme/chip';
import { type ListName, queries } from './list';

interface FiguresProps {
  summary: GridSummary;
  t: Translator;
  /** Shows the households behind a number. */
  list: (conditions: Conditions) => void;
}

/** How many are what, and how many wait for somebody; those lead to their list. */
export function Figures({ summary, t, list }: FiguresProps) {
  const figure = (name: ListName, label: string, n: number, title?: string) => (
    <button
      type="button"
      class="figure"
      data-key={name}
      data-list={name}
      title={title}
      disabled={n === 0}
      onClick={() => list(queries[name])}
    >
      <span>{label}</span>
      <b>{t.households(n)}</b>
    </button>
  );
  const change = { ...summary.change24h, healthyUnsurveyed: summary.healthyUnsurveyedChange24h };
  return (
    <>
      <ul class="counts">
        {looks.map((look) => (
          <li key={look} data-status={look}>
            <Chip status={look} />
            <span>{t(`status.${look}`)}</span>
            <button
              type="button"
              class="link"
              data-key={look}
              title={t('card.show', { status: t(`status.${look}`) })}
              onClick={() => list(lookingSo(look))}
            >
              <b>{t.number(looking(summary, look))}</b>
            </button>
            <span class="second" title={t('card.change')}>
              {signed(looking(change, look), t)}
            </span>
          </li>
        ))}
      </ul>
      <p class="second total">
        {t('card.total', { households: t.households(summary.households), persons: t.persons(summary.persons) })}
      </p>
      {figure('unsurveyed', t('situation.unsurveyed'), summary.households - summary.surveyed)}
      {figure('overdue', t('situation.overdue'), summary.overdue ?? 0)}
      {summary.misplaced === 0 ? (
        <p class="second">{t('situation.placed')}</p>
      ) : (
        figure('misplaced', t('situation.misplaced'), summary.misplaced, t('situation.misplaced.hint'))
      )}
    </>
  );
}
