import { computed, signal } from '@preact/signals';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import { copied } from '../ui/copy';
import { type Project, projectTo, type System, systemsAt, written } from './systems';
import './pointer.css';

const remembered = 'situationmap.crs';

/** Where the pointer (or the middle of the map) is, in a coordinate system of one's choice. A click copies it. */
export function coordinates({ slots, notices }: PageParts, { t, coveredArea }: SessionParts, { map }: MapParts): void {
  const [west, south, east, north] = coveredArea.bounds;
  const systems = systemsAt((west + east) / 2, (south + north) / 2);
  const system = signal(systems.find(({ code }) => code === localStorage.getItem(remembered)) ?? systems[0]!);
  const project = signal<Project | null>(null);
  const at = signal(map.getCenter());
  const text = computed(() =>
    project.value === null ? '…' : written(system.value, project.value(at.value.lng, at.value.lat)),
  );
  const copy = () => notices.show(t(copied(text.peek()) ? 'coordinates.copied' : 'copy.failed'), 2_500);
  slots.put(
    'bottom',
    <div id="coordinates">
      <button type="button" class="position" title={t('coordinates.copy')} onClick={copy}>
        {text}
      </button>
      <select
        aria-label={t('coordinates.system')}
        onChange={(event) => {
          const { value } = event.currentTarget;
          localStorage.setItem(remembered, value);
          void use(systems.find(({ code }) => code === value)!);
        }}
      >
        {systems.map((one) => (
          <option key={one.code} value={one.code} title={one.name} selected={one === system.peek()}>
            {shortName(one)}
          </option>
        ))}
      </select>
    </div>,
  );

  map.on('mousemove', ({ lngLat }) => {
    at.value = lngLat;
  });
  map.on('moveend', () => {
    // with the mouse elsewhere, what counts is the middle
    if (!map.getCanvas().matches(':hover')) at.value = map.getCenter();
  });
  void use(system.peek());

  async function use(chosen: System): Promise<void> {
    project.value = null;
    system.value = chosen;
    const found = await projectTo(chosen.code);
    if (system.peek() === chosen) project.value = found;
  }
}

const shortName = ({ code }: System): string =>
  code === 'EPSG:4326' ? 'WGS 84' : code === 'EPSG:4490' ? 'CGCS2000' : code;
