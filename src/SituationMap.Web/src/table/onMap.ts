import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { HouseholdsOnMap } from '../api/types';
import type { MapParts } from '../frame/parts';
import { faded, opacities } from '../layers/groups';
import { source } from '../map/access';

const rest = 0.12; // how much is seen of what a list is not about

/** Fades on the map what a list is not about. */
export class ListOnMap {
  #shown: HouseholdsOnMap | null = null;
  /** What the layers' opacities are without that. */
  readonly #opacities = new Map<string, [property: string, value: unknown][]>();

  constructor(private readonly parts: MapParts) {
    parts.dressing.add((style) => this.#dressed(style));
  }

  /** @param list null: nothing is faded */
  show(list: HouseholdsOnMap | null): void {
    if (list === this.#shown) return;
    this.#shown = list;
    const { map } = this.parts;
    for (const [layer, properties] of this.#opacities) {
      const style = map.getLayer(layer);
      if (style)
        for (const [property, value] of properties)
          map.setPaintProperty(layer, property as 'fill-opacity', this.#opacity(style.sourceLayer, value) as number);
    }
  }

  #dressed(style: StyleSpecification): StyleSpecification {
    this.#opacities.clear();
    return { ...style, layers: style.layers.map((layer) => this.#layer(layer)) };
  }

  #layer(layer: LayerSpecification): LayerSpecification {
    if (!isOfHomes(layer)) return layer;
    const paint: Record<string, unknown> = { ...layer.paint };
    const properties = (opacities[layer.type] ?? []).map((name): [string, unknown] => [name, paint[name]]);
    this.#opacities.set(layer.id, properties);
    if (this.#shown === null) return layer;
    for (const [property, value] of properties) paint[property] = this.#opacity(layer['source-layer'], value) ?? 1;
    return { ...layer, paint } as LayerSpecification;
  }

  #opacity(layer: string | undefined, value: unknown): unknown {
    const strength = this.#shown === null ? 1 : factor(this.#shown, layer);
    return strength === 1 ? value : faded(value, strength);
  }
}

/** A layer that shows buildings or households as they are; what outlines the selection stays. */
const isOfHomes = (layer: LayerSpecification): layer is LayerSpecification & { 'source-layer': string } =>
  'source' in layer &&
  layer.source === source &&
  'source-layer' in layer &&
  (layer['source-layer'] === 'buildings' || layer['source-layer'] === 'households') &&
  !layer.id.endsWith('-selected');

/** By ids: of many conditions tiles know nothing. */
function factor(
  { buildings, households }: HouseholdsOnMap,
  layer: string | undefined,
): number | ExpressionSpecification {
  const [id, ids] =
    layer === 'buildings'
      ? [['id'], buildings]
      : households === null
        ? [['get', 'building'], buildings]
        : [['id'], households];
  // so many that hardly any is left to fade
  if (ids === null) return 1;
  return ids.length === 0 ? rest : (['match', id, ids, 1, rest] as unknown as ExpressionSpecification);
}
