import { beforeEach, describe, expect, it } from 'vitest';
import { type ChangedFeature, type TileAccess, TileRefresher } from '../src/map/refresher';

/** A map whose tiles are fetched when the test says so. */
class Tiles implements TileAccess {
  readonly resting = new Map<string, boolean>();
  readonly asked: string[] = [];
  readonly forgotten: number[] = [];

  inView = () => this.resting;
  refresh = (tiles: string[]) => {
    for (const tile of tiles) {
      this.asked.push(tile);
      this.resting.set(tile, false);
    }
  };
  forget = ({ id }: ChangedFeature) => this.forgotten.push(id);
}

const building = (id: number): ChangedFeature => ({ layer: 'buildings', id });

describe('refreshing tiles', () => {
  let tiles: Tiles;
  let refresher: TileRefresher;
  const arrive = (tile: string) => {
    tiles.resting.set(tile, true);
    refresher.pump();
  };
  const change = (sequence: number, changed: string[], ...features: ChangedFeature[]) => {
    const seen = refresher.announce(sequence, changed, features, features.length === 0);
    refresher.pump();
    return seen;
  };

  beforeEach(() => {
    tiles = new Tiles();
    tiles.resting.set('16/1/1', true).set('16/1/2', true);
    refresher = new TileRefresher(tiles, 0, () => 0);
  });

  it('fetches exactly the changed tiles that are in view', () => {
    change(5, ['15/0/0', '16/1/1', '17/2/2']);
    expect(tiles.asked).toEqual(['16/1/1']);
  });

  it('keeps what the feed said until every tile in view has it', () => {
    change(5, ['16/1/1', '16/1/2'], building(1));
    arrive('16/1/1');
    expect(tiles.forgotten).toEqual([]);
    arrive('16/1/2');
    expect(tiles.forgotten).toEqual([1]);
    expect(refresher.busy).toBe(false);
  });

  it('asks for a tile once at a time, and once more for what changed meanwhile', () => {
    change(5, ['16/1/1'], building(1));
    for (const sequence of [6, 7, 8]) change(sequence, ['16/1/1'], building(1));
    expect(tiles.asked).toEqual(['16/1/1']);
    arrive('16/1/1');
    expect(tiles.asked).toEqual(['16/1/1', '16/1/1']);
    expect(tiles.forgotten).toEqual([]);
    arrive('16/1/1');
    expect(tiles.forgotten).toEqual([1]);
    expect(refresher.busy).toBe(false);
  });

  it('waits for a tile that was being fetched when the change came, and then fetches it again', () => {
    tiles.resting.set('16/1/1', false);
    change(5, ['16/1/1'], building(1));
    expect(tiles.asked).toEqual([]);
    arrive('16/1/1');
    expect(tiles.asked).toEqual(['16/1/1']);
    expect(tiles.forgotten).toEqual([]);
    arrive('16/1/1');
    expect(tiles.forgotten).toEqual([1]);
  });

  it('does not wait for tiles that left the view', () => {
    change(5, ['16/1/1'], building(1));
    tiles.resting.delete('16/1/1');
    refresher.pump();
    expect(tiles.forgotten).toEqual([1]);
  });

  it('forgets nothing too much under a steady stream, and nothing is left at its end', () => {
    for (let sequence = 1; sequence <= 500; sequence++) {
      change(sequence, [sequence % 2 ? '16/1/1' : '16/1/2'], building(sequence % 50));
      if (sequence % 7 === 0) for (const tile of ['16/1/1', '16/1/2']) arrive(tile);
      expect(refresher.carried).toBeLessThanOrEqual(50);
    }
    for (let again = 0; again < 3; again++) for (const tile of ['16/1/1', '16/1/2']) arrive(tile);
    expect(refresher.carried).toBe(0);
    expect(refresher.busy).toBe(false);
  });

  it('takes nothing up where no changed tile is in view', () => {
    expect(change(5, ['16/9/9'], building(1))).toBe(false);
    expect(refresher.carried).toBe(0);
    expect(refresher.busy).toBe(false);
  });

  it('pauses between two requests for a tile, and what the feed said stands meanwhile', () => {
    let now = 0;
    refresher = new TileRefresher(
      tiles,
      500,
      () => 0,
      () => now,
    );
    change(5, ['16/1/1'], building(1));
    arrive('16/1/1');
    change(6, ['16/1/1'], building(2));
    change(6, ['16/1/2'], building(3));
    expect(tiles.asked, 'each tile for itself').toEqual(['16/1/1', '16/1/2']);
    now = 499;
    refresher.pump();
    expect(tiles.asked.length).toBe(2);
    now = 500;
    refresher.pump();
    expect(tiles.asked).toEqual(['16/1/1', '16/1/2', '16/1/1']);
    expect(tiles.forgotten).toEqual([1]);
  });

  it('lets the colour go first where the feed told it, and fetches at once what only a tile tells', () => {
    let now = 0;
    refresher = new TileRefresher(
      tiles,
      0,
      () => 500,
      () => now,
    );
    change(5, ['16/1/1'], building(1));
    change(6, ['16/1/2']);
    expect(tiles.asked).toEqual(['16/1/2']);
    now = 500;
    refresher.pump();
    expect(tiles.asked).toEqual(['16/1/2', '16/1/1']);
  });

  it('fetches at once where the tile tells more than the colours, and sooner where the map has come near meanwhile', () => {
    let [now, lag] = [0, 30_000];
    refresher = new TileRefresher(
      tiles,
      0,
      () => lag,
      () => now,
    );
    change(5, ['16/1/1'], building(1));
    refresher.announce(6, ['16/1/2'], [building(2)], true);
    refresher.pump();
    expect(tiles.asked).toEqual(['16/1/2']);
    [now, lag] = [600, 500];
    refresher.pump();
    expect(tiles.asked).toEqual(['16/1/2', '16/1/1']);
  });

  it('fetches everything in view after a lost connection', () => {
    refresher.refreshAll();
    expect(tiles.asked.sort()).toEqual(['16/1/1', '16/1/2']);
  });
});
