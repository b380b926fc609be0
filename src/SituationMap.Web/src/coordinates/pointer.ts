import { h } from '../dom';
import type { Viewer } from '../frame/viewer';
import { type Project, projectTo, systemsAt, written } from './systems';
import './pointer.css';

const remembered = 'situationmap.crs';

/** Where the pointer (or the middle of the map) is, in a coordinate system of one's choice. A click copies it. */
export function coordinates({ map, t, place, notices, main }: Viewer): void {
  const [west, south, east, north] = place.bounds;
  const systems = systemsAt((west + east) / 2, (south + north) / 2);
  let system = systems.find(({ code }) => code === localStorage.getItem(remembered)) ?? systems[0]!;
  let project: Project | null = null;
  let at = map.getCenter();
  const output = h('button', { type: 'button', class: 'place', title: t('coordinates.copy') });
  const select = h(
    'select',
    { 'aria-label': t('coordinates.system') },
    ...systems.map((one) =>
      h(
        'option',
        { value: one.code, title: one.name },
        one.code === 'EPSG:4326' ? 'WGS 84' : one.code === 'EPSG:4490' ? 'CGCS2000' : one.code,
      ),
    ),
  );
  select.value = system.code;
  main.insertBefore(h('div', { id: 'coordinates' }, output, select), document.getElementById('drawer'));

  const show = () => {
    output.textContent = project === null ? '…' : written(system, project(at.lng, at.lat));
  };
  const use = async () => {
    project = null;
    const chosen = system;
    const found = await projectTo(chosen.code);
    if (system !== chosen) return;
    project = found;
    show();
  };
  select.addEventListener('change', () => {
    system = systems.find(({ code }) => code === select.value)!;
    localStorage.setItem(remembered, system.code);
    void use();
  });
  output.addEventListener('click', () => {
    void navigator.clipboard
      .writeText(output.textContent ?? '')
      .then(() => notices.show(t('coordinates.copied'), 2_000));
  });
  map.on('mousemove', ({ lngLat }) => {
    at = lngLat;
    show();
  });
  map.on('moveend', () => {
    // with the mouse elsewhere, what counts is the middle
    if (map.getCanvas().matches(':hover')) return;
    at = map.getCenter();
    show();
  });
  void use();
}
