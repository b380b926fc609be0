/** A feature whose state was set from the feed before its tile told it. */
export interface ChangedFeature {
  layer: 'buildings' | 'households';
  id: number;
}

/** The map as the refresher sees it. */
export interface TileAccess {
  /**
   * The tiles in view as z/x/y, each with whether it is at rest: loaded or failed, with no request or layout under way.
   */
  inView: () => Map<string, boolean>;
  refresh: (tiles: string[]) => void;
  /** Drops what the feed said about a feature; its tile says it now. */
  forget: (feature: ChangedFeature) => void;
}

interface Batch {
  sequence: number;
  features: ChangedFeature[];
  waitingFor: Set<string>;
}

/**
 * Brings changed tiles, one request per tile at a time and with a pause between, however fast changes come. What the
 * feed said about a feature stays on it until every tile in view that bakes it in has been fetched anew, so no old
 * colour flashes up in between.
 */
export class TileRefresher {
  /**
   * Each with when it was told, where its colours are drawn already; those to be fetched at once with an instant long
   * ago.
   */
  readonly #stale = new Map<string, number>();
  readonly #fetching = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  readonly #latest = new Map<string, number>();
  #batches: Batch[] = [];
  #sequence = 0;

  /**
   * @param pause ms from one request for a tile to the next; what the feed said stands meanwhile
   * @param lag ms from what the feed said, where that is drawn by itself, to the request, by what the map shows when
   * that is decided: the colour comes first, and pages do not all ask at once
   */
  constructor(
    private readonly tiles: TileAccess,
    private readonly pause: number,
    private readonly lag: () => number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether something is still to be fetched. */
  get busy(): boolean {
    return this.#stale.size > 0 || this.#fetching.size > 0 || this.#batches.length > 0;
  }

  /** How many features carry what the feed said. */
  get carried(): number {
    return this.#latest.size;
  }

  /**
   * The tiles that differ since the batch that ends with `sequence`, and the features whose statuses are why; `atOnce`
   * where these are not all that differs. False where none of the tiles is in view: then nothing there shows any of the
   * features, and none is to be set.
   */
  announce(sequence: number, tiles: string[], features: ChangedFeature[], atOnce: boolean): boolean {
    this.#sequence = sequence;
    const inView = this.tiles.inView();
    const affected = tiles.filter((tile) => inView.has(tile));
    if (affected.length === 0) return false;
    const since = atOnce ? -Infinity : this.now();
    for (const tile of affected) this.#stale.set(tile, Math.min(since, this.#stale.get(tile) ?? since));
    for (const feature of features) this.#latest.set(keyOf(feature), sequence);
    if (features.length > 0) this.#batches.push({ sequence, features, waitingFor: new Set(affected) });
    return true;
  }

  /** Everything in view may be old, as after a lost connection. */
  refreshAll(): void {
    for (const tile of this.tiles.inView().keys()) this.#stale.set(tile, -Infinity);
    for (const batch of this.#batches) for (const tile of this.#stale.keys()) batch.waitingFor.add(tile);
    this.pump();
  }

  /** Drops all that the feed said; the tiles in view are about to be replaced. */
  forgetAll(): void {
    const carried = this.#batches.flatMap(({ features }) => features);
    this.#batches = [];
    this.#latest.clear();
    this.#stale.clear();
    this.#fetching.clear();
    for (const feature of carried) this.tiles.forget(feature);
  }

  /** To be called whenever a tile may have come to rest. */
  pump(): void {
    if (!this.busy) return;
    const inView = this.tiles.inView();
    for (const [tile, asked] of this.#fetching) {
      const resting = inView.get(tile);
      if (resting === false) continue;
      this.#fetching.delete(tile);
      this.#fresh(tile, asked);
    }
    for (const tile of this.#asked.keys()) if (!inView.has(tile)) this.#asked.delete(tile);
    const now = this.now();
    const lag = this.lag();
    const due: string[] = [];
    for (const [tile, since] of this.#stale) {
      const resting = inView.get(tile);
      if (resting === undefined) {
        // gone from view; if it comes back it is fetched
        this.#stale.delete(tile);
        this.#fresh(tile, Infinity);
      } else if (
        resting &&
        now - since >= lag &&
        !this.#fetching.has(tile) &&
        now - (this.#asked.get(tile) ?? -Infinity) >= this.pause
      ) {
        this.#stale.delete(tile);
        this.#asked.set(tile, now);
        this.#fetching.set(tile, this.#sequence);
        due.push(tile);
      }
    }
    if (due.length > 0) this.tiles.refresh(due);
    this.#settle();
  }

  #fresh(tile: string, sequence: number): void {
    for (const batch of this.#batches) if (batch.sequence <= sequence) batch.waitingFor.delete(tile);
  }

  #settle(): void {
    const done = this.#batches.filter((batch) => batch.waitingFor.size === 0);
    if (done.length === 0) return;
    this.#batches = this.#batches.filter((batch) => batch.waitingFor.size > 0);
    for (const { sequence, features } of done)
      for (const feature of features) {
        // changed again meanwhile: the later batch sees to it
        if (this.#latest.get(keyOf(feature)) !== sequence) continue;
        this.#latest.delete(keyOf(feature));
        this.tiles.forget(feature);
      }
  }
}

const keyOf = ({ layer, id }: ChangedFeature): string => `${layer}/${id}`;
