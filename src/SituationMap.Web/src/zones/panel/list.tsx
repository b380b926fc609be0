import type { SessionParts } from '../../frame/parts';
import type { ListedZone, ZoneState } from '../api/client';

const order: readonly ZoneState[] = ['submitted', 'draft', 'rejected', 'inForce', 'scheduled', 'ended'];

interface ZoneListProps {
  zones: readonly ListedZone[];
  session: SessionParts;
  open: (zone: ListedZone) => void;
  /** Begins a zone, or goes on with the one on the sheet; null: this person does not plan. */
  draw: (() => void) | null;
  isBegun: boolean;
}

/** The zones by where they stand: what waits for somebody first. */
export function ZoneList({ zones, session: { t, times }, open, draw, isBegun }: ZoneListProps) {
  const groups = order
    .map((state) => ({ state, of: zones.filter((zone) => zone.state === state) }))
    .filter(({ of }) => of.length > 0);
  return (
    <div class="zones-by-state">
      <div class="actions">
        {draw && (
          <button type="button" class="strong" onClick={draw}>
            {t(isBegun ? 'zones.continue' : 'zones.new')}
          </button>
        )}
      </div>
      {zones.length === 0 && <p class="hint">{t('zones.none')}</p>}
      {groups.map(({ state, of }) => (
        <section key={state}>
          <h3>{t(`zones.state.${state}`)}</h3>
          <ul>
            {of.map((zone) => (
              <li key={`${zone.code} ${zone.version}`}>
                <button type="button" class="row" data-key={`${zone.code}/${state}`} onClick={() => open(zone)}>
                  <span class={`chip zone ${state}`} aria-hidden="true" />
                  <span>
                    {zone.name}
                    <span class="second">
                      {zone.level === null ? t('zones.ending') : t.or(`level.${zone.level}`, zone.level)}
                      {zone.to === null ? null : ` · ${times.until(zone.to)}`}
                    </span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {zones.length > 0 && (
        <p class="hint key">
          <span class="chip zone submitted" aria-hidden="true" />
          {t('zones.key.pending')}
        </p>
      )}
    </div>
  );
}
