import { useSignal } from '@preact/signals';
import { LngLatBounds } from 'maplibre-gl';
import { useLayoutEffect } from 'preact/hooks';
import { api } from '../api/client';
import type { DueZone, GridSummary } from '../api/types';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import { LoweringClock } from './lowering';

interface ZonesProps {
  summary: GridSummary;
  viewer: MapParts & PageParts & SessionParts;
}

/** The risk zones that touch the grid, those first that are due for lowering. */
export function Zones({ summary, viewer }: ZonesProps) {
  const { t, time } = viewer;
  const known = useSignal<{ zones: GridSummary['zones']; clocks: DueZone[] } | null>(null);
  useLayoutEffect(() => {
    let isLatest = true;
    const at = time.query.at;
    // the list stands without its clocks as well
    const clocks =
      summary.zones.length === 0
        ? Promise.resolve([])
        : api.dueZones(at === undefined ? {} : { at }).then(
            ({ zones }) => zones,
            () => [],
          );
    void clocks.then((found) => {
      if (isLatest) known.value = { zones: summary.zones, clocks: found };
    });
    return () => {
      isLatest = false;
    };
  }, [summary]);
  if (known.value === null) return null;
  const { clocks } = known.value;
  const clockOf = (code: string) => clocks.find((clock) => clock.code === code);
  const isDue = ({ code }: { code: string }) => clockOf(code)?.isDue ?? false;
  const zones = [...known.value.zones].sort((a, b) => Number(isDue(b)) - Number(isDue(a)));
  const due = zones.filter(isDue).length;
  return (
    <section>
      <h3>{t('situation.zones')}</h3>
      {due === 0 ? null : <p class="zones-due">{t('situation.zones.due', { n: due })}</p>}
      {zones.length === 0 ? (
        <p class="second">{t('card.zones.none')}</p>
      ) : (
        <ul class="zone-list">
          {zones.map((zone) => {
            const clock = clockOf(zone.code);
            return (
              <li key={zone.code}>
                <span class="chip zone" aria-hidden="true" />
                <button
                  type="button"
                  class="link"
                  data-key={zone.code}
                  title={t('situation.zones.show', { name: zone.name })}
                  onClick={() => void show(viewer, zone.code)}
                >
                  {zone.name}
                </button>
                <span class="second">{t.or(`level.${zone.level}`, zone.level)}</span>
                {clock ? <LoweringClock due={clock} t={t} /> : null}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

async function show({ map, time, notices, t, padding }: ZonesProps['viewer'], code: string): Promise<void> {
  try {
    const { zones } = await api.zones(time.query);
    const bounds = new LngLatBounds();
    for (const position of zones.find((zone) => zone.code === code)?.outline.coordinates.flat(2) ?? [])
      bounds.extend(position as [number, number]);
    if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: padding(), maxZoom: 18 });
  } catch {
    notices.show(t('panel.unreachable'), 4_000);
  }
}
