import type { Change, Status } from '../api/types';
import type { PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import { Chip, Sign } from '../theme/chip';
import { Acknowledging } from './acknowledging';

interface RowProps {
  change: Change;
  viewer: SessionParts & PageParts;
  visit: (change: Change) => void;
}

/** One change: when, what became what, and where, pressed, the map goes there; and who has taken note of it. */
export function Row({ change, viewer, visit }: RowProps) {
  const { t, times } = viewer;
  const { household, from, to, at, sequence } = change;
  return (
    <li>
      <button type="button" data-sequence={sequence} onClick={() => visit(change)}>
        <time dateTime={at}>{times.moment(at)}</time>
        {household ? (
          <span class="step">
            <Chip status={from as Status} />
            <span aria-hidden="true">→</span>
            <Chip status={to as Status} />
          </span>
        ) : (
          <span class="step">
            <Sign kind="zone" />
          </span>
        )}
        <span class="where">{whereOf(change)}</span>
        <span class="second">{whatOf(change, t)}</span>
      </button>
      <Acknowledging change={change} viewer={viewer} />
    </li>
  );
}

/** The door, or the zone's name. */
export const whereOf = ({ household, zone }: Change): string =>
  household ? `${household.address} ${household.label}` : (zone?.name ?? '');

/** What became what, in words. */
export function whatOf({ kind, from, to }: Change, t: Translator): string {
  if (kind === 'status') return `${t(`status.${from as Status}`)} → ${t(`status.${to as Status}`)}`;
  const level = (one: string) => t.or(`level.${one}`, one);
  if (from === null && to !== null) return t('changes.zone.begun', { level: level(to) });
  if (from !== null && to === null) return t('changes.zone.ended', { level: level(from) });
  return from !== null && to !== null && from !== to
    ? t('changes.zone.level', { from: level(from), to: level(to) })
    : t('changes.zone.changed');
}
