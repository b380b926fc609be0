import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification } from 'maplibre-gl';
import { type Change, statuses } from '../api/types';
import type { MapParts, SessionParts } from '../frame/parts';
import { collection, middleOf, ring } from '../map/rings';
import { palette } from '../theme/theme';

const source = 'changes';
const veil = 0.74; // of what has not changed the ground takes so much

/**
 * Rings around buildings in which a status changed, in the colour of the newest one; zones have their own look. With a veil over all that
 * did not change, what did stands above it as it is drawn otherwise.
 */
export class ChangeMarks {
  #data: FeatureCollection = collection();
  #changes: readonly Change[] = [];
  #veiled = false;

  constructor(
    private readonly map: MapParts['map'],
    private readonly dressing: MapParts['dressing'],
    { appearance }: SessionParts,
  ) {
    dressing.add((style) => {
      const colours = palette(appearance);
      const colour = [
        'match',
        ['get', 'to'],
        ...statuses.flatMap((status) => [status, colours[status]!]),
        colours.zone!,
      ] as unknown as ExpressionSpecification;
      return {
        ...style,
        sources: { ...style.sources, [source]: { type: 'geojson', data: this.#data } },
        layers: [
          ...(this.#veiled ? this.#veiledStyle(style.layers, colours.ground!) : style.layers),
          ring('changes-halo', source, colours.panel!, 7),
          ring('changes-ring', source, colours.text!, 5),
          ring('changes', source, colour, 3),
        ],
      };
    });
  }

  /** @param veiled whether all else is faded */
  show(changes: readonly Change[], veiled: boolean): void {
    this.#changes = changes;
    const newest = new Map<string, Change>();
    for (const change of changes) {
      const building = change.household?.building;
      if (building !== undefined && !newest.has(building)) newest.set(building, change);
    }
    this.#data = collection([...newest.values()].flatMap(({ bounds, to }) => (bounds ? middleOf(bounds, { to }) : [])));
    if (veiled !== this.#veiled) {
      this.#veiled = veiled;
      this.dressing.again();
      return;
    }
    (this.map.getSource(source) as GeoJSONSource | undefined)?.setData(this.#data);
    if (!veiled) return;
    // before the first style there is none
    for (const layer of this.map.getStyle()?.layers ?? [])
      if (layer.id.startsWith(copied)) this.map.setFilter(layer.id, this.#filterOf(layer));
  }

  /** The layers below a veil, and above it what changed and what is selected. */
  #veiledStyle(layers: LayerSpecification[], ground: string): LayerSpecification[] {
    const isSelection = ({ id }: LayerSpecification) => id.endsWith('-selected');
    return [
      ...layers.filter((layer) => !isSelection(layer)),
      { id: 'changes-veil', type: 'background', paint: { 'background-color': ground, 'background-opacity': veil } },
      ...layers
        .filter((layer) => copiedLayers.includes(layer.id.replace(/-.*/, '')) && !isSelection(layer))
        .map((layer) => {
          const copy = { ...layer, id: `${copied}${layer.id}`, metadata: { filter: filterIn(layer) } };
          return { ...copy, filter: this.#filterOf(copy) } as LayerSpecification;
        }),
      ...layers.filter(isSelection),
    ];
  }

  /** What the layer draws otherwise, as far as it changed. */
  #filterOf(copy: LayerSpecification): ExpressionSpecification {
    const own = (copy.metadata as { filter?: ExpressionSpecification }).filter;
    const { households, buildings, zones } = this.#changed();
    const changed = copy.id.startsWith(`${copied}households`)
      ? among(['id'], households)
      : among(['get', 'code'], copy.id.startsWith(`${copied}zones`) ? zones : buildings);
    return own ? ['all', own, changed] : changed;
  }

  #changed() {
    const households = this.#changes.flatMap(({ household }) => household ?? []);
    return {
      households: [...new Set(households.map(({ id }) => id))],
      buildings: [...new Set(households.map(({ building }) => building))],
      zones: [...new Set(this.#changes.flatMap(({ zone }) => zone?.code ?? []))],
    };
  }
}

const copied = 'changed:';
const copiedLayers: readonly string[] = ['buildings', 'households', 'zones'];

const filterIn = (layer: LayerSpecification): unknown => ('filter' in layer ? layer.filter : undefined);

/** A match of many is looked up at once; none at all it does not take. */
const among = (value: ['id'] | ['get', string], of: readonly (string | number)[]): ExpressionSpecification =>
  of.length === 0 ? ['boolean', false] : (['match', value, of, true, false] as unknown as ExpressionSpecification);
