import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveConnection, type LiveState } from '../src/live/connection';
import { fresh, Stream } from './stream';

describe('the live connection', () => {
  let states: LiveState[];
  let hellos: boolean[];
  let reloads: number;
  let connection: LiveConnection;

  beforeEach(() => {
    vi.useFakeTimers();
    Stream.all = [];
    states = [];
    hellos = [];
    reloads = 0;
    const nothing = () => undefined;
    connection = new LiveConnection(
      7,
      {
        state: (state) => states.push(state),
        hello: (_, again) => hellos.push(again),
        status: nothing,
        zone: nothing,
        edited: nothing,
        acknowledged: nothing,
        tiles: nothing,
        heartbeat: nothing,
        reload: () => reloads++,
      },
      (since) => new Stream(since),
      () => Date.now(),
    );
    connection.start();
  });

  afterEach(() => {
    connection.stop();
    vi.useRealTimers();
  });

  it('starts after what the page was loaded with, and is live once greeted', () => {
    expect(Stream.last.since).toBe(7);
    expect(connection.state).toBe('connecting');
    Stream.last.send('hello', fresh(7));
    expect(states).toEqual(['live']);
    expect(hellos).toEqual([false]);
  });

  it('shows a loss at once and resumes after the last complete batch', () => {
    Stream.last.send('hello', fresh(7));
    Stream.last.send('tiles', { sequence: 9, asOf: '', tiles: [] });
    Stream.last.send('status', { sequence: 11, asOf: '', households: [], buildings: [] });
    Stream.last.fail();
    expect(states.at(-1)).toBe('stale');
    vi.advanceTimersByTime(1_000);
    expect(Stream.last.since).toBe(9);
    Stream.last.send('hello', fresh(11));
    expect(states.at(-1)).toBe('live');
    expect(hellos).toEqual([false, true]);
  });

  it('notices silence within five seconds', () => {
    Stream.last.send('hello', fresh(7));
    vi.advanceTimersByTime(4_000);
    expect(connection.state).toBe('live');
    vi.advanceTimersByTime(1_000);
    expect(connection.state).toBe('stale');
    expect(Stream.all[0]!.closed).toBe(true);
  });

  it('stays live as long as heartbeats come', () => {
    Stream.last.send('hello', fresh(7));
    for (let beat = 0; beat < 20; beat++) {
      vi.advanceTimersByTime(2_000);
      Stream.last.send('heartbeat', fresh(7));
    }
    expect(states).toEqual(['live']);
  });

  it('keeps trying while a starting server refuses, and says offline after half a minute', () => {
    Stream.last.send('hello', fresh(7));
    for (let second = 0; second < 40; second++) {
      if (!Stream.last.closed) Stream.last.fail();
      vi.advanceTimersByTime(1_000);
    }
    expect(states).toEqual(['live', 'stale', 'offline']);
    expect(Stream.all.length).toBeGreaterThan(10);
    if (Stream.last.closed) vi.advanceTimersByTime(3_000);
    Stream.last.send('hello', fresh(7));
    expect(connection.state).toBe('live');
  });

  it('tells when the server is there but cannot reach its store', () => {
    Stream.last.send('hello', fresh(7));
    Stream.last.send('heartbeat', { ...fresh(7), confirmedAt: '2026-03-04T10:29:50Z' });
    expect(connection.state).toBe('behind');
    Stream.last.send('heartbeat', fresh(7));
    expect(connection.state).toBe('live');
  });

  it('starts over when told to, or when the feed is another one', () => {
    Stream.last.send('reload', { sequence: 50_000 });
    expect(reloads).toBe(1);
    Stream.last.send('hello', fresh(3));
    expect(reloads).toBe(2);
    expect(connection.state).toBe('connecting');
  });

  it('is offline while the browser has no network', () => {
    Stream.last.send('hello', fresh(7));
    connection.networkChanged(false);
    expect(connection.state).toBe('offline');
    connection.networkChanged(true);
    Stream.last.send('hello', fresh(7));
    expect(connection.state).toBe('live');
  });
});
