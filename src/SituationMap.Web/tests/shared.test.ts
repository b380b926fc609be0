import { beforeEach, describe, expect, it } from 'vitest';
import { type Follower, type SharedEvent, SharedFeed } from '../src/live/shared';
import { fresh, Stream } from './stream';

class Page implements Follower {
  readonly events: SharedEvent[] = [];
  tell = (event: SharedEvent) => void this.events.push(event);

  constructor(public known: number) {}

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

const status = (sequence: number) => ({ sequence, asOf: '', households: [], buildings: [] });
const tiles = (sequence: number) => ({ sequence, asOf: '', tiles: [] });

describe('a live feed that pages share', () => {
  let now: number;
  let feed: SharedFeed;
  const join = (known: number) => {
    const page = new Page(known);
    feed.join(page);
    return page;
  };

  beforeEach(() => {
    now = 0;
    Stream.all = [];
    feed = new SharedFeed(
      (since) => new Stream(since),
      () => now,
    );
  });

  it('is one connection, whose events all pages get', () => {
    const pages = [join(7), join(7), join(7)];
    Stream.last.send('hello', fresh(7));
    Stream.last.send('status', status(8));
    Stream.last.send('tiles', tiles(8));
    Stream.last.send('heartbeat', fresh(8));
    expect(Stream.all.map(({ since }) => since)).toEqual([7]);
    for (const page of pages) expect(page.types).toEqual(['hello', 'status', 'tiles', 'heartbeat']);
  });

  it('greets a page that comes later by the clock of then', () => {
    join(7);
    Stream.last.send('hello', fresh(7));
    now = 1_500;
    const late = join(9);
    expect(Stream.all.length).toBe(1);
    expect(JSON.parse(late.events[0]!.data)).toEqual({
      ...fresh(9),
      now: '2026-03-04T10:30:03.500Z',
      confirmedAt: '2026-03-04T10:30:01.000Z',
    });
    Stream.last.send('status', status(9));
    expect(late.types, 'what it was loaded with already').toEqual(['hello']);
  });

  it('begins anew for a page that knows less than has passed, and the others notice nothing', () => {
    const early = join(7);
    Stream.last.send('hello', fresh(7));
    Stream.last.send('status', status(8));
    Stream.last.send('tiles', tiles(8));
    const late = join(7);
    expect(Stream.all.map(({ since, closed }) => [since, closed])).toEqual([
      [7, true],
      [7, false],
    ]);
    Stream.last.send('hello', fresh(8));
    for (const event of ['status', 'tiles']) Stream.last.send(event, event === 'status' ? status(8) : tiles(8));
    expect(late.types).toEqual(['hello', 'status', 'tiles']);
    expect(early.types).toEqual(['hello', 'status', 'tiles']);
    Stream.last.send('tiles', tiles(9));
    for (const page of [early, late]) expect(page.types.length).toBe(4);
  });

  it('begins anew also for a page that comes in the middle of a batch', () => {
    const early = join(7);
    Stream.last.send('hello', fresh(7));
    Stream.last.send('status', status(8));
    const late = join(7);
    Stream.last.send('hello', fresh(8));
    Stream.last.send('status', status(8));
    Stream.last.send('tiles', tiles(8));
    expect(late.types).toEqual(['hello', 'status', 'tiles']);
    expect(early.types, 'resumed after the last complete batch').toEqual(['hello', 'status', 'status', 'tiles']);
  });

  it('tells all when the connection is lost, and begins anew with the first that comes back', () => {
    const pages = [join(7), join(7)];
    Stream.last.send('hello', fresh(7));
    Stream.last.fail();
    for (const page of pages) expect(page.types).toEqual(['hello', 'error']);
    const [first, second] = [join(7), join(7)];
    expect(Stream.all.length).toBe(2);
    Stream.last.send('hello', fresh(7));
    for (const page of [first, second]) expect(page.types).toEqual(['hello']);
  });

  it('greets nobody from a connection that has fallen silent', () => {
    const early = join(7);
    Stream.last.send('hello', fresh(7));
    now = 5_000;
    const late = join(7);
    expect(early.types).toEqual(['hello', 'error']);
    expect(late.types).toEqual([]);
    expect(Stream.all.length).toBe(2);
  });

  it('starts over only the pages that are too far behind', () => {
    const early = join(500);
    Stream.last.send('hello', fresh(500));
    Stream.last.send('tiles', tiles(50_000));
    const late = join(7);
    Stream.last.send('hello', fresh(50_000));
    Stream.last.send('reload', { sequence: 50_000 });
    expect(late.types).toEqual(['hello', 'reload']);
    expect(early.types).toEqual(['hello', 'tiles']);
    expect(Stream.last.since).toBe(50_000);
  });

  it('ends with the last page', () => {
    const [one, other] = [join(7), join(7)];
    feed.leave(one);
    expect(Stream.last.closed).toBe(false);
    feed.leave(other);
    expect(Stream.last.closed).toBe(true);
  });
});
