import { h } from '../../dom';
import type { Viewer } from '../../frame/viewer';
import type { ListedZone, ZoneState } from '../client';

const order: readonly ZoneState[] = ['submitted', 'draft', 'rejected', 'inForce', 'scheduled', 'ended'];

/** The zones by where they stand: what waits for somebody first. */
export function zoneList(
  { t, times }: Viewer,
  zones: readonly ListedZone[],
  open: (zone: ListedZone) => void,
): HTMLElement {
  return h(
    'div',
    { class: 'zones-by-state' },
    ...order.map((state) => {
      const of = zones.filter((zone) => zone.state === state);
      return of.length === 0
        ? null
        : h(
            'section',
            {},
            h('h3', {}, t(`zones.state.${state}`)),
            h(
              'ul',
              {},
              ...of.map((zone) =>
                h(
                  'li',
                  {},
                  h(
                    'button',
                    { type: 'button', class: 'row', 'data-key': `${zone.code}/${state}`, onclick: () => open(zone) },
                    h('span', { class: 'chip zone', 'aria-hidden': 'true' }),
                    h(
                      'span',
                      {},
                      zone.name,
                      h(
                        'span',
                        { class: 'second' },
                        t.or(`level.${zone.level}`, zone.level),
                        zone.to === null ? null : ` · ${times.until(zone.to)}`,
                      ),
                    ),
                  ),
                ),
              ),
            ),
          );
    }),
  );
}
