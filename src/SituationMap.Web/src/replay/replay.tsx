import { computed, signal } from '@preact/signals';
import { createRef } from 'preact';
import { api } from '../api/client';
import type { Viewer } from '../frame/parts';
import type { Moment } from '../frame/time';
import { throttle } from '../ui/throttle';
import { Comparison } from './compare';
import { tilesOfTheMoment } from './tiles';
import { type speeds, Timeline } from './timeline';
import './replay.css';

const span = 90 * 24 * 60; // minutes
const minute = 60_000;
const pace = 500; // ms between two steps when it plays

/**
 * The time slider: any minute of the last 90 days, with how much changed each day; it plays, and compares two instants.
 */
export function replay(viewer: Viewer): void {
  const { t, times, time, map, menu, keys, coveredArea, address, notices, feed, slots, edges, mode } = viewer;
  tilesOfTheMoment(viewer);
  const comparison = new Comparison(viewer);
  const shown = signal(false);
  const end = signal(0); // minutes since 1970, the present when it was opened
  const position = signal(span); // minutes since the beginning of the slider
  const known = signal<Moment['known']>('then');
  const speed = signal<(typeof speeds)[number]>(1440);
  const playing = signal(false);
  const changes = signal<readonly number[]>([]);
  const at = computed(() => `${new Date((end.value - span + position.value) * minute).toISOString().slice(0, 16)}:00Z`);
  let timer: ReturnType<typeof setInterval> | undefined;
  const slider = createRef<HTMLInputElement>();
  slots.put(
    'timeline',
    <Timeline
      element={edges.timeline}
      slider={slider}
      span={span}
      shown={shown}
      position={position}
      at={at}
      known={known}
      speed={speed}
      playing={playing}
      comparing={comparison.isOpen}
      changes={changes}
      first={computed(() => times.day(new Date((end.value - span) * minute).toISOString()))}
      t={t}
      times={times}
      play={() => play(!playing.peek())}
      compare={() => compare(!comparison.isOpen.peek())}
      changed={() => show()}
      go={(instant) => {
        position.value = span - (end.peek() - Math.round(instant / minute));
        show();
      }}
      close={close}
    />,
  );
  const toggle = () => (shown.peek() ? close() : open(null));
  menu.add({ icon: 'clock', label: t('replay.label'), run: toggle });
  keys.add('r', 'replay.label', toggle);
  keys.add(' ', 'replay.play', () => shown.peek() && play(!playing.peek()));

  const show = throttle(120, async () => {
    if (!shown.peek()) return;
    time.show(moment());
    address.amend({ at: at.peek(), known: known.peek() === 'since' ? 'since' : null });
  });
  feed.again.on(() => shown.peek() && void histogram());
  const fromAddress = () => {
    const wanted = address.get('at');
    if (wanted !== null && !Number.isNaN(Date.parse(wanted)))
      open({ at: wanted, known: address.get('known') === 'since' ? 'since' : 'then' });
    else if (shown.peek()) close();
  };
  const compareFromAddress = () => {
    const wanted = address.get('compare');
    if ((wanted !== null) !== comparison.isOpen.peek()) compare(wanted !== null, wanted ?? undefined);
  };
  address.onChange(fromAddress);
  address.onChange(compareFromAddress);
  fromAddress();
  map.once('idle', compareFromAddress);

  function moment(): Moment {
    return { at: at.peek(), known: known.peek() };
  }

  function open(wanted: Moment | null): void {
    if (coveredArea.grid === null) {
      notices.show(t('card.empty'), 5_000);
      return;
    }
    end.value = Math.floor(Date.now() / minute);
    known.value = wanted?.known ?? 'then';
    position.value =
      wanted === null ? span - 1440 : Math.max(0, span - (end.peek() - Math.floor(Date.parse(wanted.at) / minute)));
    if (!shown.peek()) address.set({ at: at.peek() });
    shown.value = true;
    mode.set('replaying', true);
    time.show(moment());
    show();
    void histogram();
    if (wanted === null) slider.current?.focus();
  }

  function close(): void {
    play(false);
    compare(false);
    shown.value = false;
    mode.set('replaying', false);
    address.set({ at: null, known: null });
    time.show(null);
  }

  function play(on: boolean): void {
    clearInterval(timer);
    playing.value = on;
    if (!on) return;
    if (position.peek() >= span) position.value = 0;
    timer = setInterval(() => {
      // no step before the one before is drawn
      if (!map.areTilesLoaded()) return;
      position.value = Math.min(span, position.peek() + (speed.peek() * pace) / 1000);
      show();
      if (position.peek() >= span) play(false);
    }, pace);
  }

  function compare(on: boolean, with_: string = at.peek()): void {
    if (on) comparison.open({ at: with_, known: 'then' });
    else comparison.close();
    address.set({ compare: on ? with_ : null });
  }

  async function histogram(): Promise<void> {
    try {
      const from = new Date((end.peek() - span) * minute).toISOString();
      const { points } = await api.series(coveredArea.grid!, { from, steps: '90' });
      changes.value = points.map((point) => point.changes);
    } catch {
      changes.value = [];
    }
  }
}
