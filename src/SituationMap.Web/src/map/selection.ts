import type { FilterSpecification, MapGeoJSONFeature, Map as MapLibreMap, PointLike } from 'maplibre-gl';
import type { Dressing } from '../frame/dressing';
import { reducedMotion } from '../ui/page';
import { source } from './access';

/** A building that was pointed at, and the household within it where the map shows households. */
export interface Picked {
  building: string;
  householdId: number | null;
}

/** The building under a point of the screen; null where there is none. */
export function pick(map: MapLibreMap, point: PointLike): Picked | null {
  const building = map.queryRenderedFeatures(point, { layers: ['buildings'] })[0];
  const code: unknown = building?.properties.code;
  if (typeof code !== 'string') return null;
  const household = map.getLayer('households')
    ? map.queryRenderedFeatures(point, { layers: ['households'] })[0]
    : undefined;
  return { building: code, householdId: typeof household?.id === 'number' ? household.id : null };
}

/** Shows on the map what is selected, and keeps it where nothing covers it. */
export class SelectionOnMap {
  #building: number | null = null;
  #household: number | null = null;

  constructor(
    private readonly map: MapLibreMap,
    dressing: Dressing,
    private readonly covered: () => { left: number; right: number; bottom: number },
  ) {
    dressing.add((style) => ({
      ...style,
      layers: style.layers.map((layer) => {
        const shown = this.#shown.find(([id]) => id === layer.id);
        return shown ? ({ ...layer, filter: only(shown[1]) } as typeof layer) : layer;
      }),
    }));
  }

  show(building: number | null, household: number | null): void {
    this.#building = building;
    this.#household = household;
    for (const [layer, id] of this.#shown) if (this.map.getLayer(layer)) this.map.setFilter(layer, only(id));
    this.keepVisible();
  }

  /**
   * The layers that outline what is selected, each with the feature's id. A layer of one feature, because a line around
   * each building costs as much as all other layers together.
   */
  get #shown(): [layer: string, feature: number | null][] {
    return [
      ['buildings-selected', this.#building],
      ['households-selected', this.#household],
    ];
  }

  /** Pans just as far as is needed to have the selected building clear of the card and the drawer. */
  keepVisible(): void {
    const box = this.#building === null ? null : boxOnScreen(this.map, this.#building);
    if (!box) return;
    const margin = 32;
    const { clientWidth, clientHeight } = this.map.getContainer();
    const covered = this.covered();
    const free = {
      left: covered.left + margin,
      right: clientWidth - covered.right - margin,
      top: margin,
      bottom: clientHeight - covered.bottom - margin,
    };
    const dx = push(box.left, box.right, free.left, free.right);
    const dy = push(box.top, box.bottom, free.top, free.bottom);
    if (dx !== 0 || dy !== 0) this.map.panBy([-dx, -dy], { duration: reducedMotion() ? 0 : 300 });
  }
}

const only = (feature: number | null): FilterSpecification => ['==', ['id'], feature ?? -1];

/** How far a span has to move to lie within another; its start wins when it does not fit. */
export function push(from: number, to: number, start: number, end: number): number {
  if (from < start) return start - from;
  if (to > end) return Math.max(end - to, start - from);
  return 0;
}

function boxOnScreen(
  map: MapLibreMap,
  building: number,
): { left: number; right: number; top: number; bottom: number } | null {
  if (!map.getSource(source)) return null;
  const features = map.querySourceFeatures(source, { sourceLayer: 'buildings', filter: ['==', ['id'], building] });
  const points = features.flatMap((feature) => ringsOf(feature).flat()).map((position) => map.project(position));
  if (points.length === 0) return null;
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** The outer rings of a building in lon, lat. */
export function ringsOf(feature: Pick<MapGeoJSONFeature, 'geometry'>): [number, number][][] {
  const { geometry } = feature;
  if (geometry.type === 'Polygon') return [geometry.coordinates[0] as [number, number][]];
  if (geometry.type === 'MultiPolygon') return geometry.coordinates.map((polygon) => polygon[0] as [number, number][]);
  return [];
}
