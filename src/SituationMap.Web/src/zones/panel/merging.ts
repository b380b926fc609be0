import { h } from '../../dom';
import type { Viewer } from '../../frame/viewer';
import type { Stale } from '../client';
import { boundsOf, type Outline, outlineOf, toGeoJson } from '../geometry/outline';
import type { Shown } from '../map/layers';
import { differing, mergedOutline, mergedText, type Said, theirs } from '../sheet/merge';
import type { SheetZone } from '../sheet/sheet';

export interface MergeEvents {
  show: (shown: Shown[]) => void;
  /** Goes on with this, based on what the server has now. */
  take: (zone: SheetZone) => void;
  /** Goes on without the zone. */
  drop: () => void;
}

/** Somebody else saved meanwhile: mine, theirs and what both began with are on the map and in words, and a person chooses. */
export function merging(
  { t, times, place, map, padding }: Viewer,
  mine: SheetZone,
  { current, base }: Stale,
  events: MergeEvents,
): HTMLElement {
  const text = current.draft ?? current.inForce;
  const their = text ? theirs(text) : null;
  const began = base ? outlineOf(base.outline) : null;
  const shown = (part: Shown['properties']['part'], geometry: GeoJSON.Geometry): Shown => ({
    type: 'Feature',
    properties: { part },
    geometry,
  });
  events.show([
    shown('zone', toGeoJson(mine.outline)),
    ...(their ? [shown('theirs', toGeoJson(their.outline))] : []),
    ...(base ? [shown('base', base.outline)] : []),
  ]);
  map.fitBounds(boundsOf([...mine.outline, ...(their?.outline ?? []), ...(began ?? [])]), {
    padding: padding(),
    maxZoom: 17.5,
  });
  const level = (id: string) => place.zoneLevels.find((one) => one.id === id)?.name[t.language] ?? id;
  const say = (key: keyof Said, value: string | null) =>
    value === null || value === ''
      ? '–'
      : key === 'level'
        ? level(value)
        : key === 'from' || key === 'to'
          ? times.since(value)
          : value;
  const button = (label: string, made: Said & { outline: Outline }) =>
    h(
      'button',
      {
        type: 'button',
        onclick: () => events.take({ ...mine, ...made, base: their?.outline ?? null, etag: current.etag }),
      },
      label,
    );
  const others = their ? differing(mine, their) : [];
  const author = current.draft?.authors.at(-1) ?? current.inForce?.author;
  return h(
    'div',
    { class: 'merging' },
    h(
      'p',
      {},
      author === undefined
        ? t('zones.merge.hint', { name: mine.name })
        : t('zones.merge.who', { name: mine.name, author }),
    ),
    their
      ? h(
          'ul',
          { class: 'key' },
          ...(['mine', 'theirs', ...(began ? ['base' as const] : [])] as const).map((side) =>
            h('li', {}, h('span', { class: `side-${side}`, 'aria-hidden': 'true' }), t(`zones.merge.key.${side}`)),
          ),
        )
      : h('p', {}, t('zones.merge.gone')),
    others.length === 0 || !their
      ? null
      : h(
          'table',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('td', {}),
              h('th', { scope: 'col' }, t('zones.merge.column.mine')),
              h('th', { scope: 'col' }, t('zones.merge.column.theirs')),
            ),
          ),
          h(
            'tbody',
            {},
            ...others.map((key) =>
              h(
                'tr',
                {},
                h('th', { scope: 'row' }, t(`zones.merge.${key}`)),
                h('td', {}, say(key, mine[key])),
                h('td', {}, say(key, their[key])),
              ),
            ),
          ),
        ),
    h(
      'div',
      { class: 'actions column' },
      their
        ? button(t('zones.merge.both'), {
            ...mergedText(mine, their, base),
            outline: mergedOutline(mine.outline, their.outline, began),
          })
        : null,
      button(t('zones.merge.mine'), mine),
      their ? button(t('zones.merge.theirs'), their) : null,
      h('button', { type: 'button', onclick: events.drop }, t('zones.merge.drop')),
    ),
    h('p', { class: 'hint' }, t('zones.merge.next')),
  );
}
