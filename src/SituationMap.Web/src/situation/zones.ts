import { LngLatBounds } from 'maplibre-gl';
import { api } from '../api/client';
import type { DueZone, GridSummary } from '../api/types';
import { h } from '../dom';
import type { Viewer } from '../frame/viewer';
import { loweringClock } from './lowering';

/** The risk zones that touch the grid, those first that are due for lowering. */
export async function zonesOf(viewer: Viewer, summary: GridSummary): Promise<HTMLElement> {
  const { t, time } = viewer;
  const at: string | undefined = time.query.at;
  // the list stands without its clocks as well
  const clocks: DueZone[] =
    summary.zones.length === 0
      ? []
      : await api.dueZones(at === undefined ? {} : { at }).then(
          ({ zones }) => zones,
          () => [],
        );
  const of = (code: string) => clocks.find((clock) => clock.code === code);
  const zones = [...summary.zones].sort(
    (a, b) => Number(of(b.code)?.isDue ?? false) - Number(of(a.code)?.isDue ?? false),
  );
  const due = zones.filter((zone) => of(zone.code)?.isDue).length;
  return h(
    'section',
    {},
    h('h3', {}, t('situation.zones')),
    due === 0 ? null : h('p', { class: 'zones-due' }, t('situation.zones.due', { n: due })),
    zones.length === 0
      ? h('p', { class: 'second' }, t('card.zones.none'))
      : h(
          'ul',
          { class: 'zone-list' },
          ...zones.map((zone) => {
            const clock = of(zone.code);
            return h(
              'li',
              {},
              h('span', { class: 'chip zone', 'aria-hidden': 'true' }),
              h(
                'button',
                {
                  type: 'button',
                  class: 'link',
                  'data-key': zone.code,
                  title: t('situation.zones.show', { name: zone.name }),
                  onclick: () => void show(viewer, zone.code),
                },
                zone.name,
              ),
              h('span', { class: 'second' }, t.or(`level.${zone.level}`, zone.level)),
              clock ? loweringClock(clock, t) : null,
            );
          }),
        ),
  );
}

async function show({ map, time, notices, t, padding }: Viewer, code: string): Promise<void> {
  try {
    const { zones } = await api.zones(time.query);
    const bounds = new LngLatBounds();
    for (const place of zones.find((zone) => zone.code === code)?.outline.coordinates.flat(2) ?? [])
      bounds.extend(place as [number, number]);
    if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: padding(), maxZoom: 18 });
  } catch {
    notices.show(t('panel.unreachable'), 4_000);
  }
}
