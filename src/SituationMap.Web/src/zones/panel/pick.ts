import type { MapMouseEvent } from 'maplibre-gl';
import { h } from '../../dom';
import type { Viewer } from '../../frame/viewer';
import { type Picked, zoneApi } from '../client';
import { surface } from '../geometry/measure';
import { type Outline, outlineOf, type Place, place, toGeoJson } from '../geometry/outline';
import { around, covers } from '../geometry/shapes';

export interface PickEvents {
  /** A building, a grid or what lies within some metres of a street or a building, to be added. */
  picked: (shape: Outline) => void;
  /** Metres. */
  moved: (east: number, north: number) => void;
  grown: (metres: number) => void;
  /** While things are picked nothing is drawn. */
  pausing: (isPicking: boolean) => void;
}

const kinds: readonly Picked[] = ['buildings', 'units', 'roads', 'grids'];

/** Outlines from what there is on the map, and by numbers: picking, growing, moving. Every one of them also without a mouse. */
export function pickTools({ map, t, notices }: Viewer, events: PickEvents): { element: HTMLElement; stop: () => void } {
  const metres = (id: string, value: string, least: string) =>
    h('input', { id, type: 'number', step: '1', min: least, max: '5000', value });
  const what = h(
    'select',
    { id: 'zone-pick' },
    ...kinds.map((kind) => h('option', { value: kind }, t(`zones.pick.${kind}`))),
  );
  const reach = metres('zone-reach', '0', '0');
  const [east, north, wide] = [
    metres('zone-east', '0', '-5000'),
    metres('zone-north', '0', '-5000'),
    metres('zone-wide', '50', '-5000'),
  ];
  const onMap = h(
    'button',
    { type: 'button', 'aria-pressed': 'false', onclick: () => picking(onMap.getAttribute('aria-pressed') !== 'true') },
    t('zones.pick.map'),
  );
  const element = h(
    'details',
    {},
    h('summary', {}, t('zones.pick')),
    h('label', { for: what.id }, t('zones.pick.what')),
    what,
    h('p', { class: 'hint' }, t('zones.pick.units.hint')),
    h('label', { for: reach.id }, t('zones.pick.reach')),
    reach,
    h(
      'div',
      { class: 'actions' },
      onMap,
      h('button', { type: 'button', onclick: () => void pick(map.getCenter()) }, t('zones.pick.centre')),
    ),
    h('label', { for: wide.id }, t('zones.grow.metres')),
    wide,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', onclick: () => events.grown(wide.valueAsNumber || 0) }, t('zones.grow')),
    ),
    h('label', { for: east.id }, t('zones.shift.east')),
    east,
    h('label', { for: north.id }, t('zones.shift.north')),
    north,
    h(
      'div',
      { class: 'actions' },
      h(
        'button',
        { type: 'button', onclick: () => events.moved(east.valueAsNumber || 0, north.valueAsNumber || 0) },
        t('zones.shift'),
      ),
    ),
  );
  const clicked = (event: MapMouseEvent) => {
    event.preventDefault();
    void pick(event.lngLat);
  };
  element.addEventListener('toggle', () => {
    if (!element.open && onMap.getAttribute('aria-pressed') === 'true') picking(false);
  });
  return {
    element,
    stop: () => {
      onMap.setAttribute('aria-pressed', 'false');
      map.off('click', clicked);
    },
  };

  function picking(on: boolean): void {
    onMap.setAttribute('aria-pressed', String(on));
    events.pausing(on);
    document.body.classList.add('drawing'); // the map's own clicks select nothing meanwhile
    if (on) map.on('click', clicked);
    else map.off('click', clicked);
  }

  async function pick({ lng, lat }: { lng: number; lat: number }): Promise<void> {
    const kind = what.value as Picked;
    const at = place(lng, lat);
    try {
      const shape = shapeOf(kind, await zoneApi.at(kind, at), at, reach.valueAsNumber || 0);
      if (shape === null) notices.show(t('zones.pick.nothing'), 5_000);
      else events.picked(shape);
    } catch {
      notices.show(t('panel.unreachable'), 6_000);
    }
  }
}

/** The smallest surface there, or everything within some metres of what is there; a street has no surface of its own. */
export function shapeOf(kind: Picked, found: readonly GeoJSON.Geometry[], at: Place, metres: number): Outline | null {
  if (kind === 'roads') return found.length === 0 ? null : around(found.slice(0, 1), Math.max(metres, 1));
  const smallest = found
    .flatMap((one) => (one.type === 'Polygon' || one.type === 'MultiPolygon' ? [outlineOf(one)] : []))
    .filter((outline) => covers(outline, at))
    .sort((a, b) => surface(a) - surface(b))[0];
  return smallest === undefined ? null : metres > 0 ? around([toGeoJson(smallest)], metres) : smallest;
}
