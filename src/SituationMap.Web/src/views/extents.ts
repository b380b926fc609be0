import { computed, signal } from '@preact/signals';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';

type Extent = { center: [number, number]; zoom: number };

const settled = 400; // ms: a wheel's many little moves are one
const most = 50;

/** Back to where the map was before, and forth again. */
export function extents({ tools, keys }: PageParts, { t }: SessionParts, { map }: MapParts): void {
  const past = signal<readonly Extent[]>([]);
  const future = signal<readonly Extent[]>([]);
  let travelling = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = (): Extent => ({ center: map.getCenter().toArray(), zoom: map.getZoom() });
  const back = () => travel(past, future);
  const forward = () => travel(future, past);
  const isEmpty = (extents: typeof past) => computed(() => extents.value.length === 0);
  tools.add({ icon: 'back', label: t('views.back'), run: back, disabled: isEmpty(past) });
  tools.add({ icon: 'forward', label: t('views.forward'), run: forward, disabled: isEmpty(future) });
  keys.add('[', 'views.back', back);
  keys.add(']', 'views.forward', forward);
  let current = now();

  map.on('moveend', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const next = now();
      if (same(current, next)) return;
      if (!travelling) {
        past.value = [...past.peek(), current].slice(-most);
        future.value = [];
      }
      travelling = false;
      current = next;
    }, settled);
  });

  function travel(from: typeof past, to: typeof past): void {
    const target = from.peek().at(-1);
    if (!target) return;
    from.value = from.peek().slice(0, -1);
    to.value = [...to.peek(), current];
    travelling = true;
    map.easeTo(target);
  }
}

const same = (one: Extent, other: Extent): boolean =>
  Math.abs(one.zoom - other.zoom) < 1e-3 &&
  one.center.every((value, axis) => Math.abs(value - other.center[axis]!) < 1e-6);
