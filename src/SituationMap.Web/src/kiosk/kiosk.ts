import { h, reducedMotion } from '../dom';
import type { Viewer } from '../frame/viewer';
import { stopsOf } from '../views/stops';
import './kiosk.css';

const stay = 20_000; // ms at each stop

/** A wall: a clock, where the map is, and a round through the stops of the link. Nothing to touch. */
export function wall({ map, times, main, home, name }: Viewer): void {
  const stops = stopsOf(location.search);
  const every = Math.max(5, Number(new URLSearchParams(location.search).get('every')) || stay / 1000) * 1000;
  const clock = h('time', {});
  const where = h('p', { class: 'where' });
  main.append(h('section', { id: 'wall', 'aria-hidden': 'true' }, clock, where));
  const tick = () => {
    const text = times.minute(Date.now());
    if (clock.textContent !== text) clock.textContent = text;
  };
  tick();
  setInterval(tick, 1_000);
  addEventListener('resize', home);
  if (stops.length === 0) return;
  let at = -1;
  const next = () => {
    at = (at + 1) % stops.length;
    const stop = stops[at]!;
    where.textContent = stop.name === '' ? name : stop.name;
    if (reducedMotion()) map.jumpTo(stop);
    else map.easeTo({ ...stop, duration: 1_500 });
  };
  map.once('idle', next);
  if (stops.length > 1) setInterval(next, every);
}
