import type { Map as MapLibreMap } from 'maplibre-gl';
import {
  type HexColor,
  TerraDraw,
  TerraDrawCircleMode,
  TerraDrawLineStringMode,
  TerraDrawPolygonMode,
  TerraDrawRectangleMode,
  TerraDrawSelectMode,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import { type Outline, outlineOf, type Position, positionAt, type Ring, ringsOf, same } from '../geometry/outline';

export type Tool = 'polygon' | 'rectangle' | 'circle' | 'linestring';

/** What was done on the map. */
export interface DrawingEvents {
  drawn: (outline: Outline) => void;
  line: (line: Position[]) => void;
  moved: (from: Position, to: Position) => void;
  inserted: (side: readonly [Position, Position], corner: Position) => void;
  removed: (corner: Position) => void;
}

const near = 20; // pixels within which a corner is taken up

/**
 * Drawing on the map with Terra Draw. Rings, holes too, lie there each by itself; what is done to one is told as an
 * edit of corners.
 */
export class Drawing {
  readonly #draw: TerraDraw;
  #rings = new Map<string | number, Ring>();
  #outline: Outline = [];
  /** The corner, or the middle of a side, that is being moved. */
  #taken: Position | null = null;

  /** @param snap where a corner snaps to; `from` is where it was taken up, null for a new one */
  constructor(
    private readonly map: MapLibreMap,
    colour: HexColor,
    private readonly events: DrawingEvents,
    snap: (at: Position, from: Position | null) => Position | undefined,
  ) {
    const snapping = {
      toCustom: ({ lng, lat }: { lng: number; lat: number }) =>
        snap(positionAt(lng, lat), this.#draw.getMode() === 'select' ? this.#taken : null),
    };
    map.getCanvas().addEventListener('pointerdown', this.#take, { capture: true });
    const fill = { fillColor: colour, fillOpacity: 0.12, outlineColor: colour, outlineWidth: 2.5 };
    const shape = {
      draggable: false,
      coordinates: { midpoints: true, draggable: true, deletable: true, snappable: snapping },
    };
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 7 }),
      modes: [
        new TerraDrawPolygonMode({ snapping, styles: { ...fill, closingPointColor: colour } }),
        new TerraDrawRectangleMode({ styles: fill }),
        new TerraDrawCircleMode({ styles: fill }),
        new TerraDrawLineStringMode({ snapping, styles: { lineStringColor: colour, lineStringWidth: 2.5 } }),
        new TerraDrawSelectMode({
          flags: { polygon: { feature: shape } },
          allowManualDeselection: false,
          keyEvents: { deselect: null, delete: 'Delete', rotate: null, scale: null },
          styles: {
            selectedPolygonColor: colour,
            selectedPolygonFillOpacity: 0.06,
            selectedPolygonOutlineColor: colour,
            selectedPolygonOutlineWidth: 2.5,
            selectionPointColor: colour,
            selectionPointWidth: 6,
            midPointColor: '#ffffff',
            midPointOutlineColor: colour,
            midPointOutlineWidth: 1.5,
            midPointWidth: 4,
          },
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
        if (geometry.type === 'LineString')
          this.events.line(geometry.coordinates.map(([lon, lat]) => positionAt(lon!, lat!)));
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
      this.#draw.addFeatures([
        {
          id,
          type: 'Feature',
          properties: { mode: 'polygon' },
          geometry: { type: 'Polygon', coordinates: [ring.map((at) => [...at])] },
        },
      ]);
    }
    const first = this.#rings.keys().next();
    if (!first.done && this.#draw.hasFeature(first.value)) this.#draw.selectFeature(first.value);
  }

  stop(): void {
    this.map.getCanvas().removeEventListener('pointerdown', this.#take, { capture: true });
    this.#draw.stop();
  }

  readonly #take = ({ offsetX, offsetY }: PointerEvent): void => {
    this.#taken = null;
    let best = near;
    for (const ring of ringsOf(this.#outline)) {
      for (let i = 0; i + 1 < ring.length; i++) {
        const [a, b] = [ring[i]!, ring[i + 1]!];
        for (const at of [a, positionAt((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)]) {
          const { x, y } = this.map.project(at);
          const away = Math.hypot(x - offsetX, y - offsetY);
          if (away < best) [this.#taken, best] = [at, away];
        }
      }
    }
  };

  /** Which corner of a ring was moved, put in or taken out. */
  #compare(id: string | number, positions: GeoJSON.Position[]): void {
    const before = this.#rings.get(id);
    if (!before) return;
    const after = positions.map(([lon, lat]) => positionAt(lon!, lat!)).slice(0, -1);
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
