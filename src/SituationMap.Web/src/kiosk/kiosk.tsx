import { signal } from '@preact/signals';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import { reducedMotion } from '../ui/page';
import { stopsOf } from '../views/stops';
import './kiosk.css';

const stay = 20_000; // ms at each stop

/** A wall: a clock, where the map is, and a round through the stops of the link. Nothing to touch. */
export function wall({ slots }: PageParts, { times, name }: SessionParts, { map, home }: MapParts): void {
  const stops = stopsOf(location.search);
  const every = Math.max(5, Number(new URLSearchParams(location.search).get('every')) || stay / 1000) * 1000;
  const clock = signal('');
  const where = signal('');
  slots.put(
    'top',
    <section id="wall" aria-hidden="true">
      <time>{clock}</time>
      <p class="where">{where}</p>
    </section>,
  );
  const tick = () => {
    clock.value = times.minute(Date.now());
  };
  tick();
  setInterval(tick, 1_000);
  addEventListener('resize', home);
  if (stops.length === 0) return;
  let at = -1;
  const next = () => {
    at = (at + 1) % stops.length;
    const stop = stops[at]!;
    where.value = stop.name === '' ? name : stop.name;
    if (reducedMotion()) map.jumpTo(stop);
    else map.easeTo({ ...stop, duration: 1_500 });
  };
  map.once('idle', next);
  if (stops.length > 1) setInterval(next, every);
}
