import type { GridSummary } from '../api/types';
import { h } from '../dom';
import type { Viewer } from '../frame/viewer';

/** The risk zones that touch the grid. */
export async function dueZones({ t }: Viewer, summary: GridSummary): Promise<HTMLElement> {
  return h('section', {}, h('h3', {}, t('situation.zones')),
    summary.zones.length === 0 ? h('p', { class: 'second' }, t('card.zones.none'))
      : h('ul', { class: 'zone-list' }, ...summary.zones.map((zone) => h('li', {}, h('span', { class: 'chip zone', 'aria-hidden': 'true' }), h('span', {}, zone.name), h('span', { class: 'second' }, t.or(`level.${zone.level}`, zone.level))))));
}
