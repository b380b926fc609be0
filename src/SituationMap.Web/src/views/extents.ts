import type { Viewer } from '../frame/viewer';

type Extent = { center: [number, number]; zoom: number };

const settled = 400; // ms: a wheel's many little moves are one
const most = 50;

/** Back to where the map was before, and forth again. */
export function extents({ map, tools, keys, t }: Viewer): void {
  const past: Extent[] = [];
  let future: Extent[] = [];
  let travelling = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = (): Extent => ({ center: map.getCenter().toArray(), zoom: map.getZoom() });
  const back = tools.add('back', t('views.back'), () => travel(past, future));
  const forward = tools.add('forward', t('views.forward'), () => travel(future, past));
  keys.add('[', 'views.back', () => back.click());
  keys.add(']', 'views.forward', () => forward.click());
  let current = now();
  show();

  map.on('moveend', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const next = now();
      if (same(current, next)) return;
      if (!travelling) {
        past.push(current);
        if (past.length > most) past.shift();
        future = [];
      }
      travelling = false;
      current = next;
      show();
    }, settled);
  });

  function travel(from: Extent[], to: Extent[]): void {
    const target = from.pop();
    if (!target) return;
    to.push(current);
    travelling = true;
    map.easeTo(target);
    show();
  }

  function show(): void {
    back.disabled = past.length === 0;
    forward.disabled = future.length === 0;
  }
}

const same = (one: Extent, other: Extent): boolean =>
  Math.abs(one.zoom - other.zoom) < 1e-3 &&
  one.center.every((value, axis) => Math.abs(value - other.center[axis]!) < 1e-6);
