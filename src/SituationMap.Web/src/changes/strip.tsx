import { type Status, statuses } from '../api/types';
import type { Translator } from '../i18n/messages';
import { Chip, Sign } from '../theme/chip';
import { Close } from '../ui/close';
import { Figure } from '../ui/figure';
import type { Difference } from './difference';
import { type Span, spans } from './list';

interface StripProps {
  difference: Difference;
  t: Translator;
  show: (hours: Span | null) => void;
}

/** Over the map while all but what changed is faded: since when, and how much it is. */
export function DifferenceStrip({ difference, t, show }: StripProps) {
  const { hours, changes, state, isCut } = difference;
  if (hours.value === null) return null;
  const households = changes.value.filter(({ kind }) => kind === 'status');
  const zones = changes.value.length - households.length;
  const count = (status: Status) => households.filter(({ to }) => to === status).length;
  return (
    <section id="difference" aria-label={t('difference.label')}>
      <fieldset class="choices" aria-label={t('changes.span')}>
        {spans.map((span) => (
          <button key={span} type="button" aria-pressed={span === hours.value} onClick={() => show(span)}>
            {t(`changes.span.${span}`)}
          </button>
        ))}
      </fieldset>
      <p role="status">
        {state.value === 'loading' && changes.value.length === 0
          ? t('panel.loading')
          : state.value === 'failed'
            ? t('list.failed')
            : t('difference.households', { households: t.households(households.length) })}
        {isCut.value && ` ${t('difference.cut')}`}
      </p>
      <ul>
        {statuses
          .filter((status) => count(status) > 0)
          .map((status) => (
            <li key={status} title={t('changes.kind.status', { status: t(`status.${status}`) })}>
              <Chip status={status} />
              <Figure text={t.number(count(status))} />
            </li>
          ))}
        {zones > 0 && (
          <li title={t('changes.kind.zone')}>
            <Sign kind="zone" />
            <Figure text={t.number(zones)} />
          </li>
        )}
      </ul>
      <Close label={t('difference.close')} close={() => show(null)} />
    </section>
  );
}
