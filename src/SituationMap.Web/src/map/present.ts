import type { Map as MapLibreMap } from 'maplibre-gl';
import type { StatusChanges, TileChanges } from '../api/types';
import { source, tileAccess } from './access';
import { Pulses } from './pulse';
import { type ChangedFeature, TileRefresher } from './refresher';

const pause = 500; // ms between two requests for a tile
// ms at least from a colour that the feed told to the tile that has it, letter and all; at most twice as many
const lag = 500;
// the same from so far that no letter is drawn: the tile would show nothing that the colour does not
const lagFar = 30_000;
const remembered = 2_000; // buildings whose colour is, more than one view changes in a while

/**
 * Keeps the map at the server's present: colours at once, then the tiles. Of what is not in view nothing is set,
 * fetched or drawn, and a page that nobody sees catches up when it is seen again.
 */
export class PresentMap {
  readonly #refresher: TileRefresher;
  readonly #pulses: Pulses;
  readonly #colours = new Map<number, string>();
  /** What the feed told of the batch whose tiles it has not told yet. */
  #batch: StatusChanges[] = [];
  /** Whether that batch told of more than statuses, which only its tiles show. */
  #edited = false;
  #missed = false;

  constructor(
    private readonly map: MapLibreMap,
    pulses: SVGElement,
  ) {
    const spread = 1 + Math.random();
    this.#refresher = new TileRefresher(
      tileAccess(map),
      pause,
      () => spread * (map.getZoom() < (map.getLayer('buildings-marks')?.minzoom ?? 0) ? lagFar : lag),
    );
    this.#pulses = new Pulses(map, pulses);
    map.on('sourcedata', () => this.#refresher.pump());
    map.on('idle', () => this.#refresher.pump());
    // a tile that came back unmodified says nothing
    setInterval(() => this.#refresher.pump(), 200);
    document.addEventListener('visibilitychange', () => !document.hidden && this.#missed && this.refreshAll());
  }

  status(changes: StatusChanges): void {
    this.#batch.push(changes);
  }

  /** A zone, a building or a checkpoint is another one. */
  edited(): void {
    this.#edited = true;
  }

  /** The tiles that differ by what `status` and `edited` told. */
  tiles({ sequence, tiles }: TileChanges): void {
    const features = this.#batch.flatMap((changes) => this.#drawn(changes));
    const atOnce = this.#edited || features.length === 0;
    this.#batch = [];
    this.#edited = false;
    if (document.hidden) this.#missed = true;
    else if (this.#refresher.announce(sequence, tiles, features, atOnce)) {
      this.#show(features);
      this.#refresher.pump();
    }
  }

  /** Everything in view may be old, as after a lost connection. */
  refreshAll(): void {
    this.#missed = false;
    this.#refresher.refreshAll();
  }

  /** Drops what the feed said of the present; the tiles in view are about to be those of another instant. */
  forgetAll(): void {
    this.#batch = [];
    this.#edited = false;
    this.#refresher.forgetAll();
  }

  /** The features in layers that are drawn at this zoom, with what the feed says of them. */
  #drawn({ buildings, households }: StatusChanges): LiveFeature[] {
    const isDrawn = (layer: ChangedFeature['layer']) =>
      this.map.getZoom() >= (this.map.getLayer(layer)?.minzoom ?? Infinity);
    return [
      ...(isDrawn('buildings')
        ? buildings.map(({ id, status, healthy, unsurveyed }) => ({
            layer: 'buildings' as const,
            id,
            state: { status, unvisited: status === 'healthy' && unsurveyed === healthy },
          }))
        : []),
      ...(isDrawn('households')
        ? households.map(({ id, status, surveyed }) => ({
            layer: 'households' as const,
            id,
            state: { status, surveyed },
          }))
        : []),
    ];
  }

  /** The new colours, before any tile is fetched. */
  #show(features: LiveFeature[]): void {
    if (this.#colours.size > remembered) this.#colours.clear();
    for (const { layer, id, state } of features) {
      this.map.setFeatureState({ source, sourceLayer: layer, id }, state);
      if (layer !== 'buildings') continue;
      if (this.#colours.get(id) !== state.status) this.#pulses.pulse(id, state.status);
      this.#colours.set(id, state.status);
    }
  }
}

interface LiveFeature extends ChangedFeature {
  state: { status: string; surveyed?: boolean; unvisited?: boolean };
}
