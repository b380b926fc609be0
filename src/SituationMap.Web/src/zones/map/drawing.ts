import type { Map as MapLibreMap } from 'maplibre-gl';
import { TerraDraw, TerraDrawCircleMode, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawRectangleMode, TerraDrawSelectMode, type HexColor } from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import { outlineOf, place, placesOf, ringsOf, same, type Outline, type Place, type Ring } from '../geometry/outline';

export type Tool = 'polygon' | 'rectangle' | 'circle' | 'linestring';

/** What was done on the map. */
export interface DrawingEvents {
  drawn: (outline: Outline) => void;
  line: (line: Place[]) => void;
  moved: (from: Place, to: Place) => void;
  inserted: (side: readonly [Place, Place], corner: Place) => void;
  removed: (corner: Place) => void;
}

const near = 14; // pixels within which a corner is taken

/** Drawing on the map with Terra Draw. Rings, holes too, lie there each by itself; what is done to one is told as an edit of corners. */
export class Drawing {
  readonly #draw: TerraDraw;
  #rings = new Map<string | number, Ring>();
  #outline: Outline = [];

  /** @param corners where a drawn corner may snap to: the borders of other zones, and of buildings and grids in view */
  constructor(map: MapLibreMap, colour: HexColor, private readonly events: DrawingEvents, corners: () => Iterable<Place>) {
    const snapping = {
      toCustom: ({ lng, lat }: { lng: number; lat: number }) => nearest(map, corners(), lng, lat),
    };
    const fill = { fillColor: colour, fillOpacity: 0.12, outlineColor: colour, outlineWidth: 2.5 };
    const shape = { draggable: false, coordinates: { midpoints: true, draggable: true, deletable: true, snappable: snapping } };
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 7 }),
      modes: [
        new TerraDrawPolygonMode({ snapping, styles: { ...fill, closingPointColor: colour } }),
        new TerraDrawRectangleMode({ styles: fill }),
        new TerraDrawCircleMode({ styles: fill }),
        new TerraDrawLineStringMode({ snapping, styles: { lineStringColor: colour, lineStringWidth: 2.5 } }),
        new TerraDrawSelectMode({
          flags: { polygon: { feature: shape } }, allowManualDeselection: false,
          keyEvents: { deselect: null, delete: 'Delete', rotate: null, scale: null },
          styles: { selectedPolygonColor: colour, selectedPolygonFillOpacity: 0.06, selectedPolygonOutlineColor: colour, selectedPolygonOutlineWidth: 2.5, selectionPointColor: colour, selectionPointWidth: 6, midPointColor: '#ffffff', midPointOutlineColor: colour, midPointOutlineWidth: 1.5, midPointWidth: 4 },
        }),
      ],
    });
    this.#draw.start();
    this.#draw.on('finish', (id, { action }) => {
      const feature = this.#draw.getSnapshotFeature(id);
      if (!feature) return;
      if (action !== 'draw') return this.#compare(id, (feature.geometry as GeoJSON.Polygon).coordinates[0]!);
      const geometry = feature.geometry;
      // after Terra Draw is done with it
      setTimeout(() => {
        this.edit(this.#outline);
        if (geometry.type === 'LineString') this.events.line(geometry.coordinates.map(([lon, lat]) => place(lon!, lat!)));
        else if (geometry.type === 'Polygon') this.events.drawn(outlineOf(geometry));
      });
    });
  }

  draw(tool: Tool): void {
    this.#draw.clear();
    this.#draw.setMode(tool);
  }

  /** Shows an outline with its corners to be moved. */
  edit(outline: Outline): void {
    this.#outline = outline;
    this.#rings.clear();
    this.#draw.clear();
    this.#draw.setMode('select');
    for (const ring of ringsOf(outline)) {
      const id = this.#draw.getFeatureId();
      this.#rings.set(id, ring);
      this.#draw.addFeatures([{ id, type: 'Feature', properties: { mode: 'polygon' }, geometry: { type: 'Polygon', coordinates: [ring.map((at) => [...at])] } }]);
    }
    const first = this.#rings.keys().next();
    if (!first.done && this.#draw.hasFeature(first.value)) this.#draw.selectFeature(first.value);
  }

  stop(): void {
    this.#draw.stop();
  }

  /** Which corner of a ring was moved, put in or taken out. */
  #compare(id: string | number, positions: GeoJSON.Position[]): void {
    const before = this.#rings.get(id);
    if (!before) return;
    const after = positions.map(([lon, lat]) => place(lon!, lat!)).slice(0, -1);
    const old = before.slice(0, -1);
    const gone = old.filter((at) => !after.some((other) => same(at, other)));
    const fresh = after.filter((at) => !old.some((other) => same(at, other)));
    if (fresh.length === 1 && gone.length === 1) this.events.moved(gone[0]!, fresh[0]!);
    else if (fresh.length === 1 && gone.length === 0) {
      const i = after.findIndex((at) => same(at, fresh[0]!));
      this.events.inserted([after[(i - 1 + after.length) % after.length]!, after[(i + 1) % after.length]!], fresh[0]!);
    } else if (gone.length === 1 && fresh.length === 0) this.events.removed(gone[0]!);
    else setTimeout(() => this.edit(this.#outline));
  }
}

function nearest(map: MapLibreMap, corners: Iterable<Place>, lon: number, lat: number): Place | undefined {
  const pointer = map.project([lon, lat]);
  let [best, distance]: [Place | undefined, number] = [undefined, near];
  for (const corner of corners) {
    const at = map.project(corner);
    const away = Math.hypot(at.x - pointer.x, at.y - pointer.y);
    if (away < distance) [best, distance] = [corner, away];
  }
  return best;
}

/** Corners of what the map shows in these layers. */
export function* cornersInView(map: MapLibreMap): Generator<Place> {
  const layers = ['buildings', 'grids-edge', 'zones-outline'].filter((layer) => map.getLayer(layer));
  if (map.getZoom() < 15 || layers.length === 0) return;
  for (const { geometry } of map.queryRenderedFeatures({ layers })) {
    if (geometry.type === 'Polygon' || geometry.type === 'MultiPolygon') yield* placesOf(outlineOf(geometry));
  }
}
