import { beforeEach, describe, expect, it } from 'vitest';
import { TileRefresher, type ChangedFeature, type TileAccess } from '../src/map/refresher';

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

  beforeEach(() => {
    tiles = new Tiles();
    tiles.resting.set('16/1/1', true).set('16/1/2', true);
    refresher = new TileRefresher(tiles);
  });

  it('fetches exactly the changed tiles that are in view', () => {
    refresher.announce(5, ['15/0/0', '16/1/1', '17/2/2']);
    expect(tiles.asked).toEqual(['16/1/1']);
  });

  it('keeps what the feed said until every tile in view has it', () => {
    refresher.changed(5, [building(1)]);
    refresher.announce(5, ['16/1/1', '16/1/2']);
    arrive('16/1/1');
    expect(tiles.forgotten).toEqual([]);
    arrive('16/1/2');
    expect(tiles.forgotten).toEqual([1]);
    expect(refresher.busy).toBe(false);
  });

  it('asks for a tile once at a time, and once more for what changed meanwhile', () => {
    refresher.changed(5, [building(1)]);
    refresher.announce(5, ['16/1/1']);
    for (const sequence of [6, 7, 8]) {
      refresher.changed(sequence, [building(1)]);
      refresher.announce(sequence, ['16/1/1']);
    }
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
    refresher.changed(5, [building(1)]);
    refresher.announce(5, ['16/1/1']);
    expect(tiles.asked).toEqual([]);
    arrive('16/1/1');
    expect(tiles.asked).toEqual(['16/1/1']);
    expect(tiles.forgotten).toEqual([]);
    arrive('16/1/1');
    expect(tiles.forgotten).toEqual([1]);
  });

  it('does not wait for tiles that left the view', () => {
    refresher.changed(5, [building(1)]);
    refresher.announce(5, ['16/1/1']);
    tiles.resting.delete('16/1/1');
    refresher.pump();
    expect(tiles.forgotten).toEqual([1]);
  });

  it('forgets nothing too much under a steady stream, and nothing is left at its end', () => {
    for (let sequence = 1; sequence <= 500; sequence++) {
      refresher.changed(sequence, [building(sequence % 50)]);
      refresher.announce(sequence, [sequence % 2 ? '16/1/1' : '16/1/2']);
      if (sequence % 7 === 0) for (const tile of ['16/1/1', '16/1/2']) arrive(tile);
      expect(refresher.carried).toBeLessThanOrEqual(50);
    }
    for (let again = 0; again < 3; again++) for (const tile of ['16/1/1', '16/1/2']) arrive(tile);
    expect(refresher.carried).toBe(0);
    expect(refresher.busy).toBe(false);
  });

  it('fetches everything in view after a lost connection', () => {
    refresher.refreshAll();
    expect(tiles.asked.sort()).toEqual(['16/1/1', '16/1/2']);
  });
});
